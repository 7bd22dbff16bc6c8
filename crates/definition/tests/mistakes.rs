//! One mistake is told once, where it was made, in both languages; what only follows from it is not told.

use crate::common;
use dingce_definition::parse;
use dingce_definition::problem::Problem;

/// What is replaced, by what, the rule that tells it, and how what stands at its place begins.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

/// Each made on the shipped `information-request`, at the first place of what is replaced.
const MISTAKES: &[Mistake] = &[
    // Words, names, numbers, dates.
    ("unit: office\n", "unit: offices\n", "D-WORD-UNKNOWN", "offices"),
    ("- request_approval", "- request_aproval", "D-VERB-UNKNOWN", "request_aproval"),
    ("kind: approval\n", "kind: aproval\n", "D-KIND-UNKNOWN", "aproval"),
    ("kind: archiving\n", "kind: filing\n", "D-KIND-UNKNOWN", "filing"),
    ("leads: end", "leads: back", "D-WORD-UNKNOWN", "back"),
    ("leads: \"on\"", "leads: onward", "D-WORD-UNKNOWN", "onward"),
    ("valid_from: 2019-05-15", "valid_from: 2019-5-15", "D-DATE", "2019-5-15"),
    ("in_force_from: 2019-05-15", "in_force_from: 2019年5月15日", "D-DATE", "2019年"),
    ("version: 1", "version: v1", "D-NUMBER", "v1"),
    ("  archivist:\n", "  Archivist:\n", "D-NAME", "Archivist"),
    ("reads_only: true", "reads_only: yes", "D-BOOL", "yes"),
    ("value: { working_days: 7 }", "value: { days: 7 }", "D-KEY-UNKNOWN", "days: 7"),
    // References.
    ("source: { source: ogi, article: \"32\" }", "source: { source: ogl, article: \"32\" }", "D-SOURCE-UNKNOWN", "ogl"),
    ("  ogi:\n", "  ogr:\n", "D-SOURCE-UNKNOWN", "ogi"),
    ("holder: archivist", "holder: archivists", "D-ROLE-UNKNOWN", "archivists"),
    ("  disclosure_officer:\n", "  officer:\n", "D-ROLE-UNKNOWN", "disclosure_officer"),
    ("parameter: reply_period", "parameter: reply_time", "D-PARAMETER-UNKNOWN", "reply_time"),
    ("stage: extension", "stage: extensions", "D-STAGE-UNKNOWN", "extensions"),
    ("  third_party:\n    kind: task", "  other_party:\n    kind: task", "D-STAGE-UNKNOWN", "third_party"),
    ("with: granted", "with: grant", "D-CLOCK-TRIGGER", "- { verb: record_task_progress"),
    ("      - complete_task\n", "", "D-VERB-UNBOUND", "disclosure_officer:"),
    // Keys and texts.
    ("valid_from: 2019", "valid_form: 2019", "D-KEY-UNKNOWN", "valid_form"),
    ("roles:\n", "rolls:\n", "D-KEY-UNKNOWN", "rolls"),
    ("verbs: [give_approval", "verb: [give_approval", "D-KEY-UNKNOWN", "verb:"),
    ("family: general\n", "", "D-KEY-MISSING", "name:"),
    ("text: { zh: \"受理\", en: \"Acceptance\" }", "text: { en: \"Acceptance\" }", "D-TEXT-MISSING", "{ en:"),
    ("text: { zh: \"受理\", en: \"Acceptance\" }", "text: { zh: \"受理\" }", "D-TEXT-MISSING", "{ zh:"),
    ("posts: [officer]", "posts: officer", "D-SHAPE", "officer"),
    // YAML.
    ("  archivist:\n", "  auditor:\n", "D-DUPLICATE", "auditor:"),
    ("  practice:\n", "", "D-DUPLICATE", "cite:"),
    ("    unit: office\n", "\tunit: office\n", "D-YAML-SYNTAX", "unit:"),
    ("family: general", " family: general", "D-YAML-SYNTAX", ""),
    ("    authority: DESIGN", "   authority: DESIGN", "D-YAML-SYNTAX", ""),
    ("family: general", "family:general", "D-YAML-SYNTAX", "general"),
    ("en: \"Reply\" }", "en: \"Reply }", "D-YAML-SYNTAX", ""),
    ("verbs: [give_approval, cure_irregularity]", "verbs: [give_approval, cure_irregularity", "D-YAML-SYNTAX", ""),
    ("\"!fact.third_party || stage.third_party.status == 'completed'\"", "!fact.third_party", "D-YAML-TAG", ""),
    // Conditions.
    ("!fact.third_party", "!fact.third_parties", "D-COND-PATH", "fact.third_parties"),
    ("stage.reply.status != 'completed'", "stage.answer.status != 'completed'", "D-COND-PATH", "stage.answer"),
    ("stage.reply.status != 'completed'", "stage.reply.state != 'completed'", "D-COND-PATH", "stage.reply.state"),
    ("result == 'accepted'", "result == 'acepted'", "D-COND-WORD", "'acepted'"),
    ("result == 'accepted'", "result == accepted", "D-COND-PATH", "accepted"),
    ("result == 'accepted'", "result = 'accepted'", "D-COND-SYNTAX", "= 'accepted'"),
    ("        accepted:\n", "        taken:\n", "D-COND-WORD", "'accepted'"),
    // Full-width characters, in YAML and in conditions.
    ("unit: office\n", "unit：office\n", "D-FULL-WIDTH", "：office"),
    ("unit: office\n", "unit：　office\n", "D-FULL-WIDTH", "："),
    ("roles:\n", "roles：\n", "D-FULL-WIDTH", "："),
    ("{ zh: \"受理\", en:", "{ zh：\"受理\", en:", "D-FULL-WIDTH", "：\"受理"),
    ("{ zh: \"受理\", en:", "{ zh: \"受理\"，en:", "D-FULL-WIDTH", "，en"),
    ("{ zh: \"受理\", en:", "{ zh: “受理”, en:", "D-FULL-WIDTH", "“受理"),
    ("{ zh: \"受理\", en:", "{ zh: \"受理”, en:", "D-FULL-WIDTH", "”, en"),
    ("{ zh: \"受理\", en: \"Acceptance\" }", "｛ zh: \"受理\", en: \"Acceptance\" ｝", "D-FULL-WIDTH", "｛"),
    ("[give_approval, cure", "[give_approval，cure", "D-FULL-WIDTH", "，cure"),
    ("[give_approval, cure", "[give_approval；cure", "D-FULL-WIDTH", "；cure"),
    ("    unit: office\n", "　　unit: office\n", "D-FULL-WIDTH", "　　unit"),
    ("unit: office\n", "unit: office　\n", "D-FULL-WIDTH", "　\n"),
    ("working_days: 7 }", "working_days: ７ }", "D-FULL-WIDTH", "７"),
    ("result == 'accepted'", "result == ‘accepted’", "D-FULL-WIDTH", "‘accepted"),
    ("result == 'accepted'", "result == “accepted”", "D-FULL-WIDTH", "“accepted"),
    ("result == 'accepted'", "result ＝＝ 'accepted'", "D-FULL-WIDTH", "＝＝"),
    ("\"!fact.third", "\"！fact.third", "D-FULL-WIDTH", "！fact"),
    ("\"!fact.third_party ||", "\"（!fact.third_party） ||", "D-FULL-WIDTH", "（!fact"),
];

fn shipped() -> String {
    std::fs::read_to_string(common::file("information-request")).unwrap()
}

fn told(text: &str) -> Vec<Problem> {
    parse(text.as_bytes(), "definition.yaml").err().unwrap_or_default()
}

/// What stands at the place of a problem.
fn at<'t>(text: &'t str, problem: &Problem) -> &'t str {
    let begins = text.split_inclusive('\n').take(problem.line as usize - 1).map(str::len).sum::<usize>();
    let rest = &text[begins..];
    let column = rest.char_indices().nth(problem.column as usize - 1).map_or(rest.len(), |(i, _)| i);
    &rest[column..]
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Chinese and English: what is needed is written in a file or said in both.
fn in_both_languages(problem: &Problem) -> bool {
    let needed = problem.needed.as_ref().is_none_or(|n| !n.en.is_empty() && (n.zh == n.en || is_chinese(&n.zh)));
    let words = problem.needed.as_ref().filter(|n| n.zh == n.en).is_none_or(|n| {
        // What is the same in both is no sentence: no two plain words follow each other.
        !n.en
            .split([',', ':', ';'])
            .any(|part| part.split(' ').filter(|w| w.chars().all(char::is_alphabetic)).count() > 3)
    });
    is_chinese(&problem.message.zh) && !problem.message.en.is_empty() && needed && words
}

#[test]
fn a_file_with_one_mistake_has_one_problem_at_its_place() {
    let text = shipped();
    assert!(told(&text).is_empty());
    let wrong: Vec<String> = MISTAKES
        .iter()
        .filter_map(|(old, new, rule, begins)| {
            assert!(text.contains(old), "{old:?}");
            let text = text.replacen(old, new, 1);
            let problems = told(&text);
            let right = matches!(problems.as_slice(), [p] if p.rule == *rule && at(&text, p).starts_with(begins) && in_both_languages(p));
            let list: Vec<_> = problems.iter().map(|p| format!("\n    {p}\n    at {:?}", at(&text, p).lines().next())).collect();
            (!right).then(|| format!("{new:?}: {rule} at {begins:?}, but{}", list.concat()))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), MISTAKES.len(), wrong.join("\n"));
}

#[test]
fn where_a_mistake_shows_again_is_told_with_it() {
    let text = shipped().replacen("  practice:\n", "  practise:\n", 1);
    let lines: Vec<_> =
        (1..).zip(text.lines()).filter(|(_, l)| l.contains("source: practice,")).map(|(n, _)| n).collect();
    let problems = told(&text);
    assert_eq!((problems.len(), problems[0].line), (1, lines[0]));
    let again: Vec<_> = lines[1..].iter().map(u32::to_string).collect();
    assert!(again.len() > 1);
    assert_eq!(
        problems[0].to_string(),
        format!(
            "definition.yaml:{}:23: D-SOURCE-UNKNOWN: sources 中没有 practice。同样的问题还在第 {} 行。需要：可能是 practise。 \
             `practice` is not declared under `sources`. The same on: {}. Needed: perhaps practise.",
            lines[0],
            again.join("、"),
            again.join(", ")
        )
    );
}

/// What a hand does to a line by mistake.
fn slips(line: &str) -> Vec<String> {
    let mut slips = Vec::new();
    let content = line.trim_start();
    if content.is_empty() || content.starts_with('#') {
        return slips;
    }
    let (key, value) = line.split_once(": ").map_or((line.trim_end_matches(':'), None), |(k, v)| (k, Some(v)));
    slips.extend([format!("{key}x{}", &line[key.len()..]), format!("\t{line}"), format!(" {line}")]);
    if line.ends_with(':') {
        slips.extend([format!("{key}："), key.to_owned()]);
    }
    let Some(value) = value else { return slips };
    slips.extend([format!("{key}: x{value}"), format!("{line}x"), format!("{key}:{value}"), format!("{key}: ")]);
    slips.extend(["：", "： ", ":　"].map(|colon| format!("{key}{colon}{value}")));
    for (ascii, full) in [("\"", "“"), ("\",", "”,"), ("\" }", "” }"), (",", "，"), ("{", "｛"), ("}", "｝"), ("}", "")]
    {
        slips.push(format!("{key}: {}", value.replacen(ascii, full, 1)));
    }
    slips
}

#[test]
fn no_slip_on_any_line_is_told_twice() {
    let text = shipped();
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> = (0..lines.len()).collect();
    let wrong = common::each(&places, |i| {
        let found: Vec<String> = slips(lines[*i])
            .into_iter()
            .filter_map(|slip| {
                let mut changed = lines.clone();
                changed[*i] = &slip;
                let problems = told(&changed.join("\n"));
                let list: Vec<_> = problems.iter().map(|p| format!("\n    {p}")).collect();
                let right = problems.len() <= 1 && problems.iter().all(in_both_languages);
                (!right).then(|| format!("{slip}{}", list.concat()))
            })
            .collect();
        (!found.is_empty()).then(|| found.join("\n"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
