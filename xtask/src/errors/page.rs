//! The pages themselves, and their index.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dingce_domain::code::Code;

use super::COMMAND;
use crate::lang::{DIRECTORY, Entry, Lang};

/// Every page by its file name, the index included.
pub fn all(lang: &Lang) -> BTreeMap<String, String> {
    let codes = lang.refusals.keys().chain(lang.transport.keys());
    let mut pages: BTreeMap<String, String> = codes.map(|code| (format!("{code}.md"), page(code, lang))).collect();
    pages.insert("README.md".to_owned(), index(lang));
    pages
}

fn header() -> String {
    format!("<!-- Made from {DIRECTORY} by `{COMMAND}`. Change the language files, not this page. -->\n\n")
}

fn page(code: &str, lang: &Lang) -> String {
    let mut text = header();
    let (refusal, transport) = (lang.refusals.get(code), lang.transport.get(code));
    push(&mut text, format_args!("# {code}\n"));
    if let Some(entry) = refusal {
        body(&mut text, entry, lang, "##");
    }
    if let Some(entry) = transport {
        let at = "`errors[].extensions.code` of a GraphQL answer";
        if refusal.is_some() {
            push(&mut text, format_args!("\n## As {at}\n"));
            body(&mut text, entry, lang, "###");
        } else {
            push(&mut text, format_args!("\nStands in {at}.\n"));
            body(&mut text, entry, lang, "##");
        }
    }
    text
}

fn body(text: &mut String, entry: &Entry, lang: &Lang, level: &str) {
    let Entry { zh, en, source, words: _, meaning, cause } = entry;
    push(text, format_args!("\n**{}** · {}\n", zh.title, en.title));
    push(text, format_args!("\n{level} Meaning\n\n{meaning}\n"));
    push(text, format_args!("\n{level} When it happens\n\n{cause}\n"));
    push(text, format_args!("\n{level} What to do\n\n{}\n\n{}\n", zh.remedy, en.remedy));
    if !source.is_empty() {
        push(text, format_args!("\n{level} Source\n\n"));
        for place in source {
            let (zh, en) = lang.sources.get(&place.cite).map_or(("", ""), |s| (s.zh.as_str(), s.en.as_str()));
            let article = &place.article;
            push(text, format_args!("- {zh}{} · {en}, Art. {article}\n", article_zh(article)));
        }
    }
    push(text, format_args!("\n{level} What people read\n\n> {}\n>\n> {}\n", zh.message, en.message));
}

fn index(lang: &Lang) -> String {
    let mut text = header();
    text.push_str(
        "# 错误代码 · Error codes\n\
         \n\
         A code is stable: it is never renamed, and never used for anything else. Where several reasons stand against an \
         act, they\nare told in this order: role, separation of duties, whether the case runs, the rules of the stage, \
         criteria of the definition,\nperiods, and last what was given. A page gives the usual legal source; where the \
         definition of a case names an article, people\nsee that one. In the texts `{given}` and its like stand for \
         values of the occasion; a sentence whose value is absent is left out.\n",
    );
    text.push_str("\n## 对办理事项的拒绝 · Refusals of an act\n\n| Code | 中文 | English |\n| --- | --- | --- |\n");
    for code in Code::ALL {
        if let Some(entry) = lang.refusals.get(code.as_str()) {
            row(&mut text, code.as_str(), entry);
        }
    }
    text.push_str("\n## 接口请求错误 · GraphQL requests\n\n| Code | 中文 | English |\n| --- | --- | --- |\n");
    for (code, entry) in &lang.transport {
        row(&mut text, code, entry);
    }
    text
}

fn row(text: &mut String, code: &str, entry: &Entry) {
    push(text, format_args!("| [{code}]({code}.md) | {} | {} |\n", entry.zh.title, entry.en.title));
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing into a string does not fail");
}

/// An article as Chinese law cites it: 第十五条 for `15`. What is no number from 1 to 99 is put in as it is.
fn article_zh(article: &str) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let number = match article.parse::<usize>() {
        Ok(n @ 1..=9) => DIGITS[n].to_owned(),
        Ok(n @ 10..=19) => format!("十{}", DIGITS[n % 10]),
        Ok(n @ 20..=99) => format!("{}十{}", DIGITS[n / 10], DIGITS[n % 10]),
        _ => article.to_owned(),
    };
    format!("第{number}条")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_cited_as_the_law_does() {
        for (article, cited) in
            [("8", "第八条"), ("10", "第十条"), ("15", "第十五条"), ("30", "第三十条"), ("78", "第七十八条")]
        {
            assert_eq!(article_zh(article), cited);
        }
        assert_eq!(article_zh("113"), "第113条");
    }
}
