//! What is done to a definition, and what is to come of it. Each expectation follows from the operator and the place by
//! what is written here: from the law, or from the reason that stands with it. None is read off from the prover.

use super::tree::Tree;

/// What is to come of a mutant.
#[derive(Debug, Clone)]
pub enum Expect {
    /// Refused by this rule; with it others may be told that the same damage breaks.
    Refused { by: &'static str, also: &'static [&'static str] },
    /// Accepted, and why it does no harm.
    Accepted { why: &'static str },
}

/// A definition with one thing done to it.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub base: &'static str,
    pub operator: &'static str,
    pub place: String,
    pub text: String,
    pub expect: Expect,
}

/// Where mutants of one definition are made.
pub struct Bench<'t> {
    pub base: &'static str,
    pub tree: &'t Tree,
    pub made: Vec<Mutant>,
}

impl Bench<'_> {
    fn add(&mut self, operator: &'static str, place: &str, tree: &Tree, expect: Expect) {
        assert_ne!(tree, self.tree, "{operator} at {place} of {} changes nothing", self.base);
        let (base, place, text) = (self.base, place.to_owned(), tree.write());
        self.made.push(Mutant { base, operator, place, text, expect });
    }

    fn bad(&mut self, operator: &'static str, place: &str, tree: &Tree, by: &'static str) {
        self.bad_also(operator, place, tree, by, &[]);
    }

    fn bad_also(
        &mut self,
        operator: &'static str,
        place: &str,
        tree: &Tree,
        by: &'static str,
        also: &'static [&'static str],
    ) {
        self.add(operator, place, tree, Expect::Refused { by, also });
    }

    fn good(&mut self, operator: &'static str, place: &str, tree: &Tree, why: &'static str) {
        self.add(operator, place, tree, Expect::Accepted { why });
    }

    /// Names in a section, each with its path.
    fn section(&self, section: &str) -> Vec<(String, String)> {
        self.tree.names(section).into_iter().map(|name| (format!("{section}.{name}"), name)).collect()
    }

    /// Every criterion with its path: entries, exits, grounds of absence and of hearings.
    fn criteria(&self) -> Vec<String> {
        let places = self.tree.all("when");
        places.into_iter().filter_map(|p| p.strip_suffix(".when").map(str::to_owned)).collect()
    }

    fn word(&self, path: &str) -> &str {
        self.tree.get(path).and_then(Tree::as_text).unwrap_or_default()
    }
}

/// Every text loses one of its languages.
pub fn texts(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let mut places: Vec<_> = ["text", "cite", "title"].into_iter().flat_map(|key| tree.all(key)).collect();
    places.retain(|p| !tree.names(p).is_empty());
    for (i, place) in places.iter().enumerate() {
        let language = ["en", "zh"][i % 2];
        bench.bad("text dropped", place, &tree.without(&format!("{place}.{language}")), "D-TEXT-MISSING");
    }
}

/// Everything that names its law no longer does.
pub fn citations(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let places = tree.all("source").into_iter().filter(|p| !tree.names(p).is_empty());
    for place in places {
        let rule = if place.starts_with("parameters.") { "D-PARAMETER-UNSOURCED" } else { "D-SOURCE-MISSING" };
        bench.bad("citation dropped", &place, &tree.without(&place), rule);
    }
}

/// Every source is repealed before it is relied on, comes into force after, or is not declared.
pub fn sources(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let cited: Vec<_> = tree.all("source").iter().map(|path| bench.word(path).to_owned()).collect();
    // What nothing rests on may be in force or not.
    for (path, name) in bench.section("sources").into_iter().filter(|(_, name)| cited.contains(name)) {
        // What rests on this one begins only with it.
        let last = if name == "fcr" { "2024-07-31" } else { "2019-08-31" };
        let old = tree.with(&format!("{path}.in_force_from"), Tree::text("2000-01-01"));
        let repealed = old.with(&format!("{path}.repealed_on"), Tree::text(last));
        bench.bad("source repealed", &path, &repealed, "D-SOURCE-REPEALED");
        let later = tree.with(&format!("{path}.in_force_from"), Tree::text("2031-01-01"));
        bench.bad("source not yet in force", &path, &later, "D-SOURCE-NOT-YET");
        let backward = tree.with(&format!("{path}.repealed_on"), Tree::text("1990-01-01"));
        bench.bad_also(
            "source repealed before it began",
            &path,
            &backward,
            "D-SOURCE-INTERVAL",
            &["D-SOURCE-REPEALED"],
        );
        bench.bad("source not declared", &path, &tree.without(&path), "D-SOURCE-UNKNOWN");
    }
}

/// Facts: undeclared, without values, with a default outside them.
pub fn facts(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, _) in bench.section("facts") {
        // What a special law settles is declared too.
        bench.bad_also("fact removed", &path, &tree.without(&path), "D-COND-PATH", &["D-FACT-UNKNOWN"]);
        bench.bad("fact of no kind", &path, &tree.with(&format!("{path}.kind"), Tree::text("truth")), "D-WORD-UNKNOWN");
        let outside = tree.with(&format!("{path}.default"), Tree::text("perhaps"));
        bench.bad("fact with a default outside its values", &path, &outside, "D-FACT-DEFAULT");
    }
}

/// Special laws: of nothing, by no article, about what is not declared, with values that are none, against each other.
pub fn overlays(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, _) in bench.section("overlays") {
        let mut idle = tree.clone();
        for effect in ["facts", "comment_period", "comment_period_fixed"] {
            if tree.get(&format!("{path}.{effect}")).is_some() {
                idle = idle.without(&format!("{path}.{effect}"));
            }
        }
        bench.bad("special law of nothing", &path, &idle, "D-OVERLAY-IDLE");
        let unfounded = tree.with(&format!("{path}.source.article"), Tree::text(""));
        bench.bad("special law by no article", &path, &unfounded, "D-OVERLAY-UNFOUNDED");
        let settling =
            |fact: &str, value: Tree| tree.with(&format!("{path}.facts"), Tree::Map(vec![(fact.to_owned(), value)]));
        let stray = settling("weather", Tree::Bool(true));
        bench.bad("special law about what is not declared", &path, &stray, "D-FACT-UNKNOWN");
        let outside = settling("technical", Tree::text("perhaps"));
        bench.bad("special law with a value that is none", &path, &outside, "D-FACT-VALUE");
        let share =
            tree.with(&format!("{path}.comment_period"), Tree::Map(vec![("count".to_owned(), Tree::Number(3))]));
        bench.bad("special law with a period that is none", &path, &share, "D-PARAMETER-UNIT");
    }
    let clash = tree.with("overlays.house_expropriation.facts.technical", Tree::Bool(false));
    bench.bad("two special laws against each other", "overlays", &clash, "D-OVERLAY-CLASH");
}

/// Fewer special laws, and stricter ones: what cases name is for them to say.
pub fn other_overlays(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let none = tree.without("overlays");
    bench.good("special laws removed", "overlays", &none, "a special law only asks more of a case that names it");
    let general = tree.without("overlays.house_expropriation.comment_period");
    let why = "a plain minimum without a period of its own is that of the definition";
    bench.good("special law without a period of its own", "overlays", &general, why);
}

/// The other way round at the beginning.
pub fn defaults(bench: &mut Bench<'_>) {
    for (path, _) in bench.section("facts") {
        let default = format!("{path}.default");
        let now = bench.tree.get(&default) == Some(&Tree::Bool(true));
        let flipped = bench.tree.with(&default, Tree::Bool(!now));
        bench.good(
            "default turned round",
            &path,
            &flipped,
            "a default is where the questions begin; facts are determined in the case",
        );
    }
}

/// Numbers that clocks of the national definition run by.
fn runs_a_clock(bench: &Bench<'_>, name: &str) -> bool {
    bench.section("clocks").iter().any(|(clock, _)| bench.word(&format!("{clock}.parameter")) == name)
}

/// Numbers: removed, without unit, without meaning, of no authority, made binding without an article, made advice.
pub fn parameters(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, name) in bench.section("parameters") {
        if runs_a_clock(bench, &name) {
            bench.bad("parameter removed", &path, &tree.without(&path), "D-PARAMETER-UNKNOWN");
        }
        let value = format!("{path}.value");
        let unit = tree.names(&value)[0].clone();
        let none = tree.with(&value, Tree::Map(Vec::new()));
        // What rests on a later day rests on what is in force only then.
        let day: &[&str] = if unit == "day" { &["D-SOURCE-NOT-YET"] } else { &[] };
        bench.bad_also("value without a unit", &path, &none, "D-PARAMETER-UNIT", day);
        if matches!(unit.as_str(), "calendar_days" | "working_days" | "count") {
            bench.bad("value of nothing", &path, &tree.with(&format!("{value}.{unit}"), Tree::Number(0)), "D-NUMBER");
        }
        let authority = format!("{path}.authority");
        bench.bad("authority of no kind", &path, &tree.with(&authority, Tree::text("CUSTOM")), "D-WORD-UNKNOWN");
        if bench.word(&authority) != "BINDING" && bench.word(&format!("{path}.source.article")).is_empty() {
            let binding = tree.with(&authority, Tree::text("BINDING"));
            let also: &[&str] = &["D-CLOCK-FLOOR-IDLE"];
            bench.bad_also("advice made binding", &path, &binding, "D-PARAMETER-UNFOUNDED", also);
        }
    }
    // R713 arts. 15 and 26, Open Government Information Regulation art. 26.
    for (name, rule) in [
        ("comment_period", "D-CLOCK-GUARD-NOT-HARD"),
        ("legality_period", "D-CLOCK-GUARD-NOT-HARD"),
        ("publication_period", "D-CLOCK-MISSING"),
    ] {
        for authority in ["BORROWED", "DESIGN", "UNCONFIRMED"] {
            let path = format!("parameters.{name}");
            let advice = tree.with(&format!("{path}.authority"), Tree::text(authority));
            bench.bad("law made advice", &format!("{path} {authority}"), &advice, rule);
        }
    }
}

/// Numbers that only advise are taken away.
pub fn advice(bench: &mut Bench<'_>) {
    for name in ["symposium_materials", "experts_least", "experts_complex_least", "experts_in_house_most"] {
        let path = format!("parameters.{name}");
        let why = "borrowed or unconfirmed, and no clock runs by it: nothing is refused because of it";
        bench.good("advisory number removed", &path, &bench.tree.without(&path), why);
    }
    for (name, unit) in [("comment_period", "calendar_days"), ("legality_period", "working_days")] {
        let path = format!("parameters.{name}.value.{unit}");
        bench.good(
            "floor raised",
            &path,
            &bench.tree.with(&path, Tree::Number(60)),
            "a place may give more than the law",
        );
    }
}

/// Clocks of the law: without them nobody has the time, or the deadline, that the law gives.
const OF_THE_LAW: [&str; 4] = ["comment_period", "legality_period", "hearing_materials", "publication_period"];

/// Clocks as a file can get them wrong.
pub fn clocks(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, name) in bench.section("clocks") {
        let at = |key: &str| format!("{path}.{key}");
        let kind = bench.word(&at("kind")).to_owned();
        let none = || Tree::List(Vec::new());
        let first = tree.words(&at("starts"))[0].clone();
        bench.bad("clock never started", &path, &tree.with(&at("starts"), none()), "D-CLOCK-STARTS");
        bench.bad("clock without a holder", &path, &tree.without(&at("holder")), "D-KEY-MISSING");
        bench.bad("clock held by nobody", &path, &tree.with(&at("holder"), Tree::text("nobody")), "D-ROLE-UNKNOWN");
        let twice = tree.and(&at("stops"), &first);
        bench.bad("clock started and stopped by one act", &path, &twice, "D-CLOCK-VERB-TWICE");
        let by_share = tree.with(&at("parameter"), Tree::text("hearing_interested_least"));
        if tree.get(&at("stated")).is_none() {
            let also: &[&str] = &["D-CLOCK-GUARD-NOT-HARD"];
            bench.bad_also("clock that runs for a share", &path, &by_share, "D-CLOCK-PARAMETER", also);
            let nothing = tree.with(&at("parameter"), Tree::text("no_such_period"));
            bench.bad("clock that runs for nothing", &path, &nothing, "D-PARAMETER-UNKNOWN");
        } else {
            bench.bad("clock stated and given", &path, &by_share, "D-CLOCK-STATED");
        }
        let deadline = matches!(kind.as_str(), "cap" | "backward");
        if deadline {
            let guards = tree.with(&at("guards"), Tree::texts(&["close_volume"]));
            let share = tree.with(&at("warn_before"), Tree::text("meeting_quorum"));
            bench.bad("clock that warns by a share", &path, &share, "D-CLOCK-WARNING");
            bench.bad("act waits for a deadline", &path, &guards, "D-CLOCK-GUARD-ON-CAP");
            bench.bad("deadline that nothing meets", &path, &tree.with(&at("stops"), none()), "D-CLOCK-STOPS");
        }
        if kind == "cap" {
            let backward = tree.with(&at("kind"), Tree::text("backward"));
            bench.bad_also("cap turned backward", &path, &backward, "D-CLOCK-BACKWARD", &["D-CLOCK-PAUSES"]);
        }
        if tree.get(&at("pauses")).is_some() {
            bench.bad("clock paused for ever", &path, &tree.without(&at("resumes")), "D-CLOCK-PAUSES");
            bench.bad("clock resumed and never paused", &path, &tree.without(&at("pauses")), "D-CLOCK-PAUSES");
        }
        if OF_THE_LAW.contains(&name.as_str()) {
            bench.bad("clock of the law removed", &path, &tree.without(&path), "D-CLOCK-MISSING");
        }
    }
    let kind = |name: &str, kind: &str| tree.with(&format!("clocks.{name}.kind"), Tree::text(kind));
    for (name, to, rule) in [
        // Trap 1: minimum and maximum inverted. An act that waits for a cap is told first.
        ("comment_period", "cap", "D-CLOCK-GUARD-ON-CAP"),
        ("legality_period", "cap", "D-CLOCK-GUARD-ON-CAP"),
        ("comment_period", "guaranteed", "D-CLOCK-MISSING"),
        ("legality_period", "floor", "D-CLOCK-MISSING"),
        ("publication_period", "floor", "D-CLOCK-FLOOR-IDLE"),
        ("publication_period", "guaranteed", "D-CLOCK-MISSING"),
        ("hearing_materials", "floor", "D-CLOCK-FLOOR-IDLE"),
        ("hearing_materials", "cap", "D-CLOCK-MISSING"),
        ("hearing_materials", "guaranteed", "D-CLOCK-MISSING"),
    ] {
        bench.bad("clock of another kind", &format!("clocks.{name} {to}"), &kind(name, to), rule);
    }
    let idle = tree.without("clocks.comment_period.guards");
    bench.bad("nothing waits for the public's time", "clocks.comment_period", &idle, "D-CLOCK-FLOOR-IDLE");
    let unstopped = tree.but("clocks.legality_period.stops", "conclude_legality_review");
    bench.bad("the review does not end the reviewer's time", "clocks.legality_period", &unstopped, "D-CLOCK-MISSING");
    let unstarted = tree.with("clocks.comment_period.starts", Tree::texts(&["record_participation"]));
    bench.bad("the notice does not start the public's time", "clocks.comment_period", &unstarted, "D-CLOCK-MISSING");
    // Each resumed by what waits for the other.
    let public = tree
        .with("clocks.comment_period.pauses", Tree::texts(&["record_participation"]))
        .with("clocks.comment_period.resumes", Tree::texts(&["record_advice"]))
        .and("clocks.comment_period.guards", "supply_supplement");
    let circle = public.and("clocks.legality_period.guards", "record_advice");
    bench.bad("two clocks pausing each other", "clocks.comment_period, legality_period", &circle, "D-CLOCK-CIRCLE");
    let itself = tree.and("clocks.legality_period.guards", "supply_supplement");
    bench.bad("a clock that waits for itself", "clocks.legality_period", &itself, "D-CLOCK-CIRCLE");
}

/// Clocks that only warn are taken away, or turned into others that only warn.
pub fn warnings(bench: &mut Bench<'_>) {
    for name in ["supplement_period", "publication_target", "explanation_period", "dossier_period"] {
        let path = format!("clocks.{name}");
        let why = "a cap of advisory length warns and refuses nothing";
        bench.good("advisory clock removed", &path, &bench.tree.without(&path), why);
    }
    let path = "clocks.expert_study_period.kind";
    let why = "borrowed, and nothing waits for it: it only advises either way";
    bench.good("advisory floor turned to cap", path, &bench.tree.with(path, Tree::text("cap")), why);
    let path = "clocks.comment_period.stops";
    bench.good("floor that nothing stops", path, &bench.tree.without(path), "a floor runs out by itself");
    let path = "clocks.legality_period.guards";
    let more = bench.tree.and(path, "request_tabling");
    bench.good("more waits for the reviewer's time", path, &more, "stricter than R713 art. 26");
}

/// Verbs that nobody needs: without them the case goes the longer way.
const NOBODY_NEEDS: [&str; 3] = ["reaffirm_evidence", "terminate_case", "take_over_stage"];

/// Roles: nobody's, of no unit, empty; every act that only one role has taken from it.
pub fn roles(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let roles = bench.section("roles");
    let holders =
        |verb: &str| roles.iter().filter(|(p, _)| tree.words(&format!("{p}.verbs")).iter().any(|v| v == verb)).count();
    for (path, name) in &roles {
        let at = |key: &str| format!("{path}.{key}");
        let verbs = tree.words(&at("verbs"));
        bench.bad("role of no unit", path, &tree.without(&at("unit")), "D-KEY-MISSING");
        let unheard = tree.and(&at("verbs"), "sign_everything");
        bench.bad("act that does not exist", path, &unheard, "D-VERB-UNKNOWN");
        let elsewhere = tree.with(&at("unit"), Tree::text("elsewhere"));
        bench.bad("role of a unit that does not exist", path, &elsewhere, "D-WORD-UNKNOWN");
        if !matches!(name.as_str(), "system" | "auditor") {
            bench.bad("role without posts", path, &tree.with(&at("posts"), Tree::List(Vec::new())), "D-ROLE-POSTLESS");
            let idle = tree.with(&at("verbs"), Tree::List(Vec::new()));
            bench.bad("role with nothing to do", path, &idle, "D-ROLE-EMPTY");
        }
        for verb in verbs.iter().filter(|v| holders(v) == 1 && !NOBODY_NEEDS.contains(&v.as_str())) {
            let rule = if verbs.len() == 1 { "D-ROLE-EMPTY" } else { "D-VERB-UNBOUND" };
            let also: &[&str] = if verb == "report_hearing" { &["D-HEARING-IMPOSSIBLE"] } else { &[] };
            let place = format!("{path} {verb}");
            bench.bad_also("act that nobody may do", &place, &tree.but(&at("verbs"), verb), rule, also);
        }
    }
    for verb in ["review_disclosure", "cure_irregularity", "record_absence", "determine_facts", "adopt_draft"] {
        let nobody = roles.iter().fold(tree.clone(), |tree, (path, _)| tree.but(&format!("{path}.verbs"), verb));
        bench.bad("act that nobody may do", verb, &nobody, "D-VERB-UNBOUND");
    }
}

/// Duties that are kept apart come together in one role.
pub fn duties(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let reviews = |role: &str| tree.and(&format!("roles.{role}.verbs"), "conclude_legality_review");
    bench.bad(
        "the drafter concludes",
        "roles.undertaking_officer",
        &reviews("undertaking_officer"),
        "D-ROLE-DRAFTER-REVIEWS",
    );
    let drafts = tree.and("roles.legality_reviewer.verbs", "add_draft_version");
    bench.bad("the reviewer drafts", "roles.legality_reviewer", &drafts, "D-ROLE-DRAFTER-REVIEWS");
    let of = |posts: &[&str], unit: &str| {
        let posted = tree.with("roles.legality_reviewer.posts", Tree::texts(posts));
        posted.with("roles.legality_reviewer.unit", Tree::text(unit))
    };
    for (posts, unit) in [
        (["officer", "legality_reviewer"], "undertaking_unit"),
        (["unit_leader", "legality_reviewer"], "undertaking_unit"),
    ] {
        bench.bad("the reviewer is of the drafting unit", posts[0], &of(&posts, unit), "D-ROLE-DRAFTER-REVIEWS");
        bench.bad("the reviewer is of any unit", posts[0], &of(&posts, "any"), "D-ROLE-DRAFTER-REVIEWS");
    }
    bench.bad("a role that only reads acts", "roles.auditor", &reviews("auditor"), "D-ROLE-EMPTY");
    bench.bad("the system concludes", "roles.system", &reviews("system"), "D-ROLE-POSTLESS");
}

/// Duties that come together and may.
pub fn harmless_duties(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for role in ["office_clerk", "legal_adviser", "evaluating_officer"] {
        let path = format!("roles.{role}.verbs");
        let why = "the law does not say which department reviews; whoever drafted is barred in person and by unit";
        bench.good("another role concludes too", &path, &tree.and(&path, "conclude_legality_review"), why);
    }
    for (role, verb) in [("undertaking_officer", "reaffirm_evidence"), ("administrative_head", "terminate_case")] {
        let path = format!("roles.{role}.verbs");
        let why = "nobody needs it: evidence is gathered anew, and a matter ends by a decision";
        bench.good("act that nobody needs removed", &format!("{path} {verb}"), &tree.but(&path, verb), why);
    }
}

/// Each separation of duties is forgotten, or said twice.
pub fn separations(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for i in tree.names("forbids") {
        let path = format!("forbids.{i}");
        let (verb, relation) = (bench.word(&format!("{path}.verb")), bench.word(&format!("{path}.relation")));
        let rule = match (verb, relation) {
            ("conclude_legality_review" | "confirm_draft", "drafted") => Some("P-FLOOR-DRAFTER"),
            ("conclude_legality_review" | "confirm_draft", "of_undertaking_unit") => Some("P-FLOOR-SEPARATION"),
            ("record_advice" | "give_expert_opinion", "drafted") => Some("P-FLOOR-SEPARATION"),
            ("report_evaluation", _) => Some("P-FLOOR-EVALUATOR"),
            // By the place's own choice: no article keeps the assessor of a risk from reviewing, nor, but in Hunan, the
            // drafter from the chair of a hearing.
            ("conclude_legality_review" | "confirm_draft", "assessed_risk") | ("chair_hearing", _) => None,
            other => panic!("no expectation for {other:?}"),
        };
        let place = format!("{path} {verb} {relation}");
        if let Some(rule) = rule {
            bench.bad("separation of duties removed", &place, &tree.without(&path), rule);
        } else if bench.base == "small" {
            let why = "no article bars who assessed a risk from reviewing the draft; the floor bars who drafted it";
            bench.good("separation of duties removed", &place, &tree.without(&path), why);
        }
    }
}

/// How a criterion may be forgotten or weakened: (place, rule by which its loss is told), or none where it does no harm.
const GATES: [(&str, Option<&str>, &str); 14] = [
    ("participation.entry.public", Some("P-FLOOR-SECRET"), "R713 art. 14"),
    ("participation.exit.groups_heard", Some("P-FLOOR-GROUPS"), "R713 art. 14"),
    ("legality.entry.participation_done", Some("P-FLOOR-BEFORE-REVIEW"), "R713 art. 26"),
    ("legality.entry.expert_done", Some("P-FLOOR-BEFORE-REVIEW"), "R713 art. 26"),
    ("legality.entry.risk_done", Some("P-FLOOR-BEFORE-REVIEW"), "R713 art. 26"),
    ("legality.entry.unit_checked", Some("P-FLOOR-BASES"), "R713 art. 12"),
    ("legality.entry.fair_competition_reviewed", None, "the tabling and the meeting ask for it again (R713 art. 29)"),
    ("tabling.entry.participation_done", None, "a clearance rests on it and falls with it (P-FLOOR-BEFORE-REVIEW)"),
    ("tabling.entry.expert_done", None, "a clearance rests on it and falls with it (P-FLOOR-BEFORE-REVIEW)"),
    ("tabling.entry.risk_done", None, "a clearance rests on it and falls with it (P-FLOOR-BEFORE-REVIEW)"),
    ("tabling.entry.fair_competition_reviewed", None, "the meeting asks for it again before it is convened"),
    ("meeting.entry.fair_competition_stands", None, "the decision asks for it again"),
    ("meeting.exit.fair_competition_at_decision", Some("P-INV-no_adoption_without_fair_competition"), "R713 art. 29"),
    ("publication.entry.public", Some("P-FLOOR-SECRET"), "R713 art. 32"),
];

/// Gates are taken away, opened by another way, or stand open: those whose loss is unlawful.
pub fn gates(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (place, rule, _) in GATES {
        let path = format!("stages.{place}");
        let (Some(rule), Some(when)) = (rule, tree.get(&format!("{path}.when")).and_then(Tree::as_text)) else {
            continue;
        };
        // With nothing else that looks at it, the floor tells that the meeting forgot it.
        let small = bench.base == "small" && rule.starts_with("P-INV");
        let removed = if small { "P-FLOOR-COMPETITION" } else { rule };
        bench.bad("gate removed", &path, &tree.without(&path), removed);
        let weaker = tree.with(&format!("{path}.when"), Tree::Text(format!("({when}) || draft != 'none'")));
        if !small {
            bench.bad("gate weakened", &path, &weaker, rule);
        }
    }
    for (place, path) in bench.criteria().iter().map(|p| (p, format!("{p}.when"))).collect::<Vec<_>>() {
        let with = |when: &str| tree.with(&path, Tree::text(when));
        bench.bad("gate that stands open", place, &with("true"), "D-COND-CONSTANT");
        bench.bad("gate that looks at nothing", place, &with("stage.nowhere.status == 'absent'"), "D-COND-PATH");
        bench.bad("gate that waits for a word that never comes", place, &with("draft == 'perfect'"), "D-COND-WORD");
        let borrowed = tree.with(&format!("{place}.authority"), Tree::text("BORROWED"));
        bench.bad("borrowed gate", place, &borrowed, "D-CRITERION-NOT-HARD");
    }
}

/// Gates that others stand behind are taken away.
pub fn second_gates(bench: &mut Bench<'_>) {
    for (place, rule, why) in GATES {
        let path = format!("stages.{place}");
        if rule.is_none() && bench.tree.get(&path).is_some() {
            bench.good("second gate removed", &path, &bench.tree.without(&path), why);
        }
    }
}

/// Gates that can never open, and gates that forget that a stage may be left out.
pub fn dead_ends(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let also: &[&str] = &["P-DEAD-STAGE", "P-DEAD-VERB", "P-OUTCOME", "P-DEAD-ABSENCE", "P-END"];
    for place in ["legality.entry.unit_checked", "meeting.exit.fair_competition_at_decision"] {
        let path = format!("stages.{place}.when");
        let when = bench.word(&path).to_owned();
        let never = tree.with(&path, Tree::Text(format!("({when}) && stage.issuance.status == 'completed'")));
        bench.bad_also("gate that never opens", &path, &never, "P-JOIN", also);
    }
    for stage in ["participation", "risk"] {
        let path = format!("stages.legality.entry.{stage}_done.when");
        let done = tree.with(&path, Tree::Text(format!("stage.{stage}.evidence == 'current'")));
        let rule = "P-DEAD-ABSENCE";
        bench.bad("gate that forgets the absence", &path, &done, rule);
    }
    let path = "stages.publication.entry.public.when";
    let never = tree.with(path, Tree::text("!fact.lawfully_not_public && draft == 'none'"));
    bench.bad_also("publication that never comes", path, &never, "P-END", &["P-DEAD-STAGE", "P-DEAD-VERB"]);
}

/// What may not be left out may be; what may be, may no longer, or at will.
pub fn absences(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    let ground = tree.get("stages.participation.absent_if").unwrap();
    for (path, name) in bench.section("stages") {
        let at = format!("{path}.absent_if");
        if tree.get(&at).is_some() {
            let at_will = tree.with(&format!("{at}.when"), Tree::text("adoption == 'none' || adoption != 'none'"));
            bench.bad("left out at will", &path, &at_will, "P-FLOOR-GROUNDLESS");
            continue;
        }
        let rule = match name.as_str() {
            // It may always be left out in some matters, and is not here.
            "expert" => continue,
            // It has begun when a case is opened, so it never is.
            "initiation" => "P-DEAD-ABSENCE",
            _ => "P-FLOOR-ABSENCE",
        };
        if rule == "P-FLOOR-ABSENCE" || bench.base == "small" {
            bench.bad("left out what never may be", &path, &tree.with(&at, ground.clone()), rule);
        }
    }
    for stage in ["participation", "publication"] {
        let path = format!("stages.{stage}.absent_if");
        bench.bad("can neither run nor be left out", &path, &tree.without(&path), "P-STUCK-FACTS");
    }
}

/// A stage that may be left out always runs.
pub fn stricter(bench: &mut Bench<'_>) {
    let path = "stages.risk.absent_if";
    let why = "a place may assess every matter: stricter than R713 art. 22";
    bench.good("always run", path, &bench.tree.without(path), why);
}

/// Hearings that must be held.
pub fn hearings(bench: &mut Bench<'_>) {
    let path = "stages.participation.hearing_if";
    bench.bad("hearing that nothing asks for", path, &bench.tree.without(path), "P-FLOOR-HEARING-GROUND");
    let ground = bench.tree.get(path).unwrap().clone();
    for stage in ["drafting", "expert", "risk", "legality", "meeting", "publication"] {
        let moved = bench.tree.with(&format!("stages.{stage}.hearing_if"), ground.clone());
        bench.bad("hearing where none can be", stage, &moved, "D-HEARING-IMPOSSIBLE");
    }
}

/// Stages: none of a kind, two of a kind, of no kind.
pub fn stages(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, name) in bench.section("stages") {
        bench.bad(
            "stage of no kind",
            &path,
            &tree.with(&format!("{path}.kind"), Tree::text("signing")),
            "D-KIND-UNKNOWN",
        );
        // Conditions that looked at it look at nothing; that is told instead of what is missing then.
        let looked_at = tree.all("when").into_iter().chain(tree.all("never"));
        let sees = |place: &String| bench.word(place).contains(&format!("stage.{name}."));
        let rule = if looked_at.into_iter().any(|p| sees(&p) && !p.starts_with(&path)) {
            "D-COND-PATH"
        } else {
            "D-STAGE-MISSING"
        };
        bench.bad_also("stage removed", &path, &tree.without(&path), rule, &["D-STAGE-MISSING"]);
        let copy = tree.get(&path).unwrap().clone();
        if !matches!(name.as_str(), "risk" | "party_report" | "participation") {
            bench.bad("stage twice", &path, &tree.with(&format!("stages.{name}_again"), copy), "D-STAGE-TWICE");
        }
    }
}

/// Two neighbours in the other order.
pub fn order(bench: &mut Bench<'_>) {
    let names = bench.tree.names("stages");
    for (i, pair) in names.windows(2).enumerate() {
        let place = pair.join(" <-> ");
        let why = "the order of a file says nothing: the engine and the criteria order the procedure";
        bench.good("stages in another order", &place, &bench.tree.swapped("stages", i), why);
    }
}

/// Outcomes: of no kind, twice, none that adopts.
pub fn outcomes(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for word in tree.words("outcomes") {
        bench.bad("outcome twice", &word, &tree.and("outcomes", &word), "D-DUPLICATE");
    }
    bench.bad("outcome of no kind", "approve", &tree.and("outcomes", "approve"), "D-WORD-UNKNOWN");
    let none = tree.with("outcomes", Tree::texts(&["disagree", "amend"]));
    bench.bad("no outcome adopts", "outcomes", &none, "D-OUTCOMES");
}

/// Outcomes that a place does not offer, or offers besides.
pub fn offered(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for word in tree.words("outcomes").into_iter().filter(|word| word != "agree") {
        bench.good("outcome not offered", &word, &tree.but("outcomes", &word), "a definition chooses which it offers");
    }
    for word in ["defer", "discuss_again", "agree_in_principle"] {
        bench.good("outcome offered besides", word, &tree.and("outcomes", word), "all of them are lawful");
    }
}

/// Invariants that the procedure does not keep, and such as say nothing.
pub fn invariants(bench: &mut Bench<'_>) {
    let tree = bench.tree;
    for (path, name) in bench.section("invariants") {
        let never = format!("{path}.never");
        bench.bad("invariant that is never broken", &path, &tree.with(&never, Tree::text("false")), "D-COND-CONSTANT");
        let rule: &'static str = format!("P-INV-{name}").leak();
        let broken = tree.with(&never, Tree::text("cleared && draft == 'working'"));
        bench.bad("invariant that the procedure breaks", &path, &broken, rule);
    }
}

/// Invariants that are not declared.
pub fn undeclared(bench: &mut Bench<'_>) {
    for (path, _) in bench.section("invariants") {
        let why = "the procedure is the same, and the floor is not declared: it holds of itself";
        bench.good("invariant not declared", &path, &bench.tree.without(&path), why);
    }
}
