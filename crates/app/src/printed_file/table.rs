//! Comma-separated values after RFC 4180, with the line on which each record begins.

/// A record and its line, from 1.
pub(super) type Record = (usize, Vec<String>);

/// Records of a file. A quote that is never closed is the error, with the line on which it opens.
pub(super) fn parse(text: &str) -> Result<Vec<Record>, usize> {
    let mut records = Vec::new();
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut line, mut began) = (1, 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if field.is_empty() => {
                let opened = line;
                loop {
                    match rest.next() {
                        None => return Err(opened),
                        Some('"') if rest.peek() == Some(&'"') => {
                            rest.next();
                            field.push('"');
                        }
                        Some('"') => break,
                        Some(inside) => {
                            line += usize::from(inside == '\n');
                            field.push(inside);
                        }
                    }
                }
            }
            ',' => fields.push(std::mem::take(&mut field)),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => {
                line += 1;
                fields.push(std::mem::take(&mut field));
                records.push((began, std::mem::take(&mut fields)));
                began = line;
            }
            other => field.push(other),
        }
    }
    if !field.is_empty() || !fields.is_empty() {
        fields.push(field);
        records.push((began, fields));
    }
    // A line without anything in it is none.
    records.retain(|(_, fields)| fields.iter().any(|f| !f.is_empty()));
    Ok(records)
}

/// A record as one line, ended by CR LF.
pub(crate) fn line(fields: &[String]) -> String {
    let quoted = |field: &String| {
        let plain = !field.contains(['"', ',', '\r', '\n']);
        if plain { field.clone() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
    };
    fields.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let records = [
            vec!["a".to_owned(), "b,\"c\"".to_owned(), String::new()],
            vec!["两\n行".to_owned(), "x\r\ny".to_owned(), "z".to_owned()],
        ];
        let text: String = records.iter().map(|r| line(r)).collect();
        let read = parse(&text).expect("every quote is closed");
        assert_eq!(read.iter().map(|(_, r)| r.clone()).collect::<Vec<_>>(), records);
        assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_quote_left_open_is_told_with_its_line() {
        assert_eq!(parse("a,b\n\"c\nd"), Err(2));
        assert_eq!(parse("a\n\n\nb").expect("no quote")[1].0, 4, "empty lines count, and are no records");
    }
}
