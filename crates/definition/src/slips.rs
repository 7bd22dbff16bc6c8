//! Slips of the hand: full-width punctuation where a file needs ASCII, the commonest of whoever types Chinese, and a colon
//! without the space after it.
//!
//! Each slip is told with its place and read as what was meant, so it hides no other mistake and makes none. Texts for people keep their punctuation: what stands inside quotes, in
//! comments, block scalars and plain texts is left alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::problem::{Place, Problems, instead, say, written};

/// The ASCII character that a full-width one stands for.
pub(crate) fn meant(c: char) -> Option<char> {
    match c {
        '\u{3000}' => Some(' '),
        '“' | '”' => Some('"'),
        '‘' | '’' => Some('\''),
        '、' | '；' => Some(','),
        '。' => Some('.'),
        '【' => Some('['),
        '】' => Some(']'),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

/// Tells one slip.
pub(crate) fn tell(given: char, at: Place, problems: &mut Problems) {
    let ascii = meant(given).unwrap_or(given);
    let (zh, en) = match given {
        '\u{3000}' => {
            let message = say("这里有一个全角空格。", "This is an ideographic space.");
            problems.add("D-FULL-WIDTH", at, message, instead("半角空格", "a plain space"));
            return;
        }
        '：' => ("冒号", "colon"),
        '，' => ("逗号", "comma"),
        '、' => ("顿号", "comma"),
        '；' => ("分号", "semicolon"),
        '（' | '）' | '［' | '］' | '｛' | '｝' | '【' | '】' => ("括号", "bracket"),
        '“' | '”' | '‘' | '’' | '＂' | '＇' => ("引号", "quotation mark"),
        _ => ("字符", "character"),
    };
    let message = say(format!("这里写了全角{zh} {given} 。"), format!("This is a full-width {en} {given} ."));
    problems.add("D-FULL-WIDTH", at, message, written(ascii));
}

/// A word, number or date with every slip in it told; what it says with them mended. `at` is where it begins.
pub(crate) fn word<'t>(text: &'t str, at: Place, problems: &mut Problems) -> Cow<'t, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    if let Some((i, first)) = text.chars().enumerate().find(|(_, c)| meant(*c).is_some()) {
        tell(first, right(at, i), problems);
    }
    let mended: String = text.chars().map(|c| meant(c).unwrap_or(c)).collect();
    Cow::Owned(mended.trim().to_owned())
}

/// A condition with every slip outside its quotes told; what it says with them mended. A closing mark goes with its
/// opening one, and the same mark again right after it with the first.
pub(crate) fn condition<'t>(text: &'t str, at: Place, problems: &mut Problems) -> Cow<'t, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut mended = String::with_capacity(text.len());
    // Of a quotation that is open: what closes it, and how both ends are written.
    let mut quote: Option<([char; 3], char)> = None;
    let (mut open, mut last) = (Vec::new(), None);
    for (i, c) in text.chars().enumerate() {
        if let Some((closing, ascii)) = quote {
            let closes = closing.contains(&c);
            if closes {
                quote = None;
            }
            // With one opened in full width it is told already.
            if closes && !c.is_ascii() && last.is_none() {
                tell(c, right(at, i), problems);
            }
            mended.push(if closes { ascii } else { c });
            continue;
        }
        let ascii = match c {
            '\'' | '‘' | '’' | '“' | '”' => '\'',
            _ => meant(c).unwrap_or(c),
        };
        match c {
            '\'' | '‘' | '’' => quote = Some((['\'', '‘', '’'], ascii)),
            '"' | '“' | '”' => quote = Some((['"', '“', '”'], ascii)),
            _ => {}
        }
        let new = match c {
            '）' => open.pop().is_none(),
            _ => meant(c).is_some() && last != Some(c),
        };
        if new {
            tell(c, right(at, i), problems);
        }
        if c == '（' {
            open.push(i);
        }
        last = Some(c).filter(|c| !c.is_ascii());
        mended.push(ascii);
    }
    Cow::Owned(mended)
}

fn right(at: Place, by: usize) -> Place {
    Place { column: at.column.saturating_add(u32::try_from(by).unwrap_or(u32::MAX)), ..at }
}

/// A file whose slips are mended.
#[derive(Default)]
pub(crate) struct Mended {
    pub text: String,
    /// Lines and columns, from 1, of spaces that were put in after a colon.
    spaces: BTreeMap<u32, Vec<u32>>,
}

impl Mended {
    /// Where it stands in the file as it was written.
    pub fn place(&self, at: Place) -> Place {
        let before = self.spaces.get(&at.line).map_or(0, |columns| columns.iter().filter(|c| **c < at.column).count());
        Place { column: at.column.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX)), ..at }
    }
}

/// A file with every slip in its YAML told, and its text with them mended. `None` where one of them stands before a
/// line's first character: what belongs under what cannot be known then.
pub(crate) fn yaml(text: &str, file: u8, problems: &mut Problems) -> Option<Mended> {
    let mut scan = Scan { chars: text.chars().collect(), i: 0, slips: Vec::new(), bare: Vec::new(), in_indent: false };
    scan.file();
    let Scan { chars, slips, bare, in_indent, .. } = scan;
    let (mut line, mut begins) = (1_u32, 0);
    let (mut next, mut bare) = (slips.iter().peekable(), bare.into_iter().peekable());
    let mut mended = Mended { text: String::with_capacity(text.len()), ..Mended::default() };
    for (i, c) in chars.into_iter().enumerate() {
        let here = right(Place { file, line, column: 1 }, i - begins);
        if let Some((_, told)) = bare.next_if(|(at, _)| *at == i) {
            if told {
                let message = say("冒号后缺少空格。", "A space is missing after the colon.");
                problems.add("D-YAML-SYNTAX", here, message, instead("冒号后一个空格", "a space after the colon"));
            }
            let spaces = mended.spaces.entry(line).or_default();
            spaces.push(here.column.saturating_add(u32::try_from(spaces.len()).unwrap_or(u32::MAX)));
            mended.text.push(' ');
        }
        match next.next_if(|slip| slip.at == i) {
            Some(slip) => {
                if slip.told {
                    tell(c, here, problems);
                }
                mended.text.push(meant(c).unwrap_or(c));
            }
            None => mended.text.push(c),
        }
        if c == '\n' {
            line = line.saturating_add(1);
            begins = i + 1;
        }
    }
    (!in_indent).then_some(mended)
}

/// A character that is not what was meant; one that closes what a slip opened goes with it.
struct Slip {
    at: usize,
    told: bool,
}

/// Goes through a file as far as is needed to know what is structure and what is text.
struct Scan {
    chars: Vec<char>,
    i: usize,
    slips: Vec<Slip>,
    /// Before which characters a space is missing, and whether that is told.
    bare: Vec<(usize, bool)>,
    in_indent: bool,
}

const SPACES: [char; 3] = [' ', '\t', '\u{3000}'];

impl Scan {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.i).copied()
    }

    fn slip(&mut self, told: bool) {
        self.slips.push(Slip { at: self.i, told });
        self.i += 1;
    }

    /// The next character, which is this one or its full-width form.
    fn take(&mut self, wanted: char) -> bool {
        match self.peek() {
            Some(c) if c == wanted => self.i += 1,
            Some(c) if meant(c) == Some(wanted) => self.slip(true),
            _ => return false,
        }
        true
    }

    /// White space within a line. A run of ideographic spaces is one slip.
    fn spaces(&mut self) {
        self.spaces_told(true);
    }

    fn spaces_told(&mut self, mut told: bool) {
        while let Some(c) = self.peek().filter(|c| SPACES.contains(c)) {
            match c {
                '\u{3000}' => {
                    self.slip(told);
                    told = false;
                }
                _ => self.i += 1,
            }
        }
    }

    fn skip_line(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.i += 1;
        }
    }

    /// Where a word of ASCII letters, digits, `_` and `-` that begins here ends.
    fn word_end(&self, from: usize) -> usize {
        let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        from + self.chars[from..].iter().take_while(|c| word(c)).count()
    }

    /// Where the white space that begins here ends.
    fn space_end(&self, from: usize) -> usize {
        from + self.chars[from..].iter().take_while(|c| SPACES.contains(c)).count()
    }

    fn file(&mut self) {
        // Lines that are indented deeper than this are the text of the line above.
        let mut text_below: Option<usize> = None;
        while self.i < self.chars.len() {
            let begins = self.i;
            let content = self.space_end(begins);
            let indent = content - begins;
            match self.chars.get(content) {
                None | Some('\n' | '\r' | '#') => self.i = content,
                Some(_) if text_below.is_some_and(|above| indent > above) => self.i = content,
                Some(_) => {
                    self.in_indent |= self.chars[begins..content].contains(&'\u{3000}');
                    self.spaces();
                    text_below = self.block(indent);
                }
            }
            self.skip_line();
            self.i += 1;
        }
    }

    /// What stands on a line outside of flow style. Gives the indentation below which the text of its value goes on.
    fn block(&mut self, indent: usize) -> Option<usize> {
        while self.peek().is_some_and(|c| matches!(c, '-' | '－'))
            && self.chars.get(self.i + 1).is_none_or(|c| SPACES.contains(c) || *c == '\n')
        {
            self.take('-');
            self.spaces();
        }
        if self.peek() == Some('＃') {
            self.slip(true);
            return None;
        }
        if !self.key() {
            self.bare_key();
        }
        match self.peek()? {
            '\n' | '\r' | '#' => None,
            '|' | '>' => Some(indent),
            '"' | '\'' => {
                self.quoted(false);
                None
            }
            '{' | '[' | '｛' | '［' | '【' => {
                self.flow();
                None
            }
            _ => (!self.curly(false)).then_some(indent),
        }
    }

    /// A key with its colon and the white space after it, where one stands here.
    fn key(&mut self) -> bool {
        let end = match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                let rest = self.chars[self.i + 1..].iter().take_while(|c| **c != '\n');
                let length = rest.take_while(|c| **c != quote).count();
                self.i + 1 + length + 1
            }
            _ => self.word_end(self.i),
        };
        if end == self.i || end > self.chars.len() {
            return false;
        }
        let colon = self.space_end(end);
        let after = self.chars.get(colon + 1);
        let is_key = match self.chars.get(colon) {
            Some(':') => after.is_none_or(|c| SPACES.contains(c) || matches!(c, '\n' | '\r')),
            Some('：') => true,
            _ => false,
        };
        if is_key {
            self.i = end;
            self.spaces();
            let ascii = self.peek() == Some(':');
            self.take(':');
            if self.peek().is_some_and(|c| !SPACES.contains(&c) && !matches!(c, '\n' | '\r')) {
                self.bare.push((self.i, false));
            }
            // With a full-width colon it is one slip.
            self.spaces_told(ascii);
        }
        is_key
    }

    /// A key, where one must stand, whose colon has no space after it.
    fn bare_key(&mut self) {
        let end = self.word_end(self.i);
        let colon = end > self.i && self.chars.get(end) == Some(&':');
        if colon && self.chars.get(end + 1).is_some_and(|c| !matches!(c, ':' | '/' | '\n' | '\r')) {
            self.i = end + 1;
            self.bare.push((self.i, true));
        }
    }

    /// Whether what comes after this place ends a value: in flow style also a separator or bracket.
    fn ends_value(&self, from: usize, in_flow: bool) -> bool {
        match self.chars.get(self.space_end(from)) {
            None | Some('\n' | '\r' | '#') => true,
            Some(c) => in_flow && matches!(meant(*c).unwrap_or(*c), ',' | '}' | ']' | ':'),
        }
    }

    /// A value in quotes that began with an ASCII one; it may end with a full-width one.
    fn quoted(&mut self, in_flow: bool) {
        let quote = self.chars[self.i];
        let mut open = 0_usize;
        self.i += 1;
        while let Some(c) = self.peek() {
            match c {
                '\\' if quote == '"' => self.i += 1,
                '“' => open += 1,
                '”' if open > 0 => open -= 1,
                '”' if quote == '"' && self.ends_value(self.i + 1, in_flow) => return self.slip(true),
                '\'' if quote == '\'' && self.chars.get(self.i + 1) == Some(&'\'') => self.i += 1,
                _ if c == quote => {
                    self.i += 1;
                    return;
                }
                _ => {}
            }
            self.i += 1;
        }
    }

    /// A value in full-width quotes, or in one of each kind.
    fn curly(&mut self, in_flow: bool) -> bool {
        let (closing, ascii) = match self.peek() {
            Some('“' | '”' | '＂') => (['”', '“', '＂'], '"'),
            Some('‘' | '’' | '＇') => (['’', '‘', '＇'], '\''),
            _ => return false,
        };
        let rest = || (self.i + 1..self.chars.len()).take_while(|i| self.chars[*i] != '\n');
        let closes = |i: &usize| closing.contains(&self.chars[*i]) || self.chars[*i] == ascii;
        let Some(end) = rest().find(|i| closes(i) && self.ends_value(i + 1, in_flow)) else { return false };
        if self.chars[self.i + 1..end].contains(&ascii) {
            return false;
        }
        self.slip(true);
        self.i = end;
        match self.peek() == Some(ascii) {
            true => self.i += 1,
            false => self.slip(false),
        }
        true
    }

    /// A value in flow style, over as many lines as it takes.
    fn flow(&mut self) {
        // For each open bracket: whether it is that of a mapping, and whether it was a slip that was told.
        let mut open: Vec<(bool, bool)> = Vec::new();
        while let Some(c) = self.peek() {
            let ascii = meant(c).unwrap_or(c);
            match ascii {
                '\n' | '\r' => self.i += 1,
                '{' | '[' => {
                    open.push((ascii == '{', c != ascii));
                    self.take(ascii);
                    self.in_key_place(&open);
                }
                '}' | ']' => {
                    let told = open.pop().is_some_and(|(_, told)| told);
                    match c == ascii {
                        true => self.i += 1,
                        false => self.slip(!told),
                    }
                    if open.is_empty() {
                        return;
                    }
                }
                ',' => {
                    self.take(ascii);
                    self.in_key_place(&open);
                }
                ':' => {
                    self.take(':');
                }
                _ if SPACES.contains(&c) => self.spaces(),
                '#' if c == '#' => self.skip_line(),
                _ if matches!(c, '"' | '\'') => self.quoted(true),
                _ if self.curly(true) => {}
                _ => self.plain(open.last().is_some_and(|(mapping, _)| *mapping)),
            }
        }
    }

    fn in_key_place(&mut self, open: &[(bool, bool)]) {
        self.spaces();
        if open.last().is_some_and(|(mapping, _)| *mapping) && !self.key() {
            self.bare_key();
        }
    }

    /// A value without quotes in flow style: as far as a separator, or a full-width one that can be nothing else.
    fn plain(&mut self, in_mapping: bool) {
        while let Some(c) = self.peek() {
            let after = self.space_end(self.i + 1);
            let separates = match c {
                '，' | '、' | '；' if in_mapping => {
                    let end = self.word_end(after);
                    end > after && matches!(self.chars.get(self.space_end(end)), Some(':' | '：'))
                }
                '，' | '、' | '；' => {
                    let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '"' | '{' | '\'');
                    self.i > 0 && word(&self.chars[self.i - 1]) && self.chars.get(after).is_some_and(word)
                }
                '｝' | '］' | ',' | '}' | ']' | '{' | '[' | '\n' | '\r' => true,
                ':' => self.chars.get(self.i + 1).is_none_or(|c| SPACES.contains(c) || matches!(c, '\n' | '\r')),
                '#' => self.i > 0 && self.chars[self.i - 1] == ' ',
                _ => false,
            };
            if separates {
                return;
            }
            self.i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> (String, Vec<(u32, u32)>) {
        let mut problems = Problems::new("x");
        let mended = yaml(text, 0, &mut problems).unwrap_or_default().text;
        (mended, problems.into_list().iter().map(|p| (p.line, p.column)).collect())
    }

    #[test]
    fn what_yaml_needs_in_ascii_is_told_and_mended() {
        for (given, meant, at) in [
            ("kind：task\n", "kind: task\n", vec![(1, 5)]),
            ("kind:task\n", "kind: task\n", vec![(1, 6)]),
            ("kind： task\n", "kind: task\n", vec![(1, 5)]),
            ("a:\n  kind:　task\n", "a:\n  kind: task\n", vec![(2, 8)]),
            ("t: { zh: \"受理\"，en: \"x\" }\n", "t: { zh: \"受理\",en: \"x\" }\n", vec![(1, 14)]),
            ("t: { zh： \"受理\", en: \"x\" }\n", "t: { zh: \"受理\", en: \"x\" }\n", vec![(1, 8)]),
            ("t: { zh: “受理”, en: \"x\" }\n", "t: { zh: \"受理\", en: \"x\" }\n", vec![(1, 10)]),
            ("t: { zh: \"受理”, en: \"x\" }\n", "t: { zh: \"受理\", en: \"x\" }\n", vec![(1, 13)]),
            ("t: { zh: “受理\", en: \"x\" }\n", "t: { zh: \"受理\", en: \"x\" }\n", vec![(1, 10)]),
            ("t: ｛ zh: \"受理\" ｝\n", "t: { zh: \"受理\" }\n", vec![(1, 4)]),
            ("t: { source: own，article: \"5\" }\n", "t: { source: own,article: \"5\" }\n", vec![(1, 17)]),
            ("v: [open_case，give_approval、x]\n", "v: [open_case,give_approval,x]\n", vec![(1, 14), (1, 28)]),
            ("v: [a, b］\nw: 1\n", "v: [a, b]\nw: 1\n", vec![(1, 9)]),
            ("zh: “受理”\n", "zh: \"受理\"\n", vec![(1, 5)]),
            ("－ a\n", "- a\n", vec![(1, 1)]),
            ("＃ 说明\na: b\n", "# 说明\na: b\n", vec![(1, 1)]),
            ("\"on\"：　x\n", "\"on\": x\n", vec![(1, 5)]),
            ("v: [a；b]\n", "v: [a,b]\n", vec![(1, 6)]),
            ("a:\n　b: c\n", "", vec![(2, 1)]),
        ] {
            assert_eq!(mended(given), (meant.to_owned(), at), "{given}");
        }
    }

    #[test]
    fn the_punctuation_of_texts_is_left_alone() {
        for text in [
            "zh: \"受理：一，二；（三）“四”\" # 说明：五，六\n",
            "zh: 受理：一，二；（三）“四”，和　五\n",
            "zh: “三重一大”事项\n",
            "zh: '“三重一大”'\n",
            "zh: 依据\n  R713：第十五条\nen: x\n",
            "zh: |\n  kind：task\n  “受理”\nen: x\n",
            "t: { zh: 公开，征求：意见, en: \"a，b\" }\n",
            "t: {\n  zh: \"他说“好”\",\n  en: \"x\",\n}\n# kind：task\n",
            "zh: \"第一行\n  kind：第二行\"\n",
        ] {
            assert_eq!(mended(text), (text.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn a_condition_is_mended_outside_its_quotes() {
        let mut problems = Problems::new("x");
        let text = "（a.b == ‘c’ || d ＝＝ '，'）　&& ！e";
        assert_eq!(condition(text, Place::TOP, &mut problems), "(a.b == 'c' || d == '，') && !e");
        let columns: Vec<_> = problems.into_list().iter().map(|p| p.column).collect();
        assert_eq!(columns, [1, 9, 18, 25, 29]);
    }
}
