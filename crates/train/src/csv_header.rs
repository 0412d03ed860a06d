//! The first line of a CSV file of metrics: `epoch,loss,val_loss`.

/// `epoch` and the names, separated by commas; a name that contains a comma, a quote or a line break is quoted (RFC
/// 4180).
pub(crate) fn header<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.fold(String::from("epoch"), |header, name| header + "," + &field(name))
}

fn field(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_string() }
}

/// The names in a header, without the first column.
pub(crate) fn names(header: &str) -> Vec<String> {
    let (mut names, mut quoted) = (vec![String::new()], false);
    let mut rest = header.trim_end().chars().peekable();
    while let Some(c) = rest.next() {
        match (c, names.last_mut()) {
            ('"', Some(name)) if quoted && rest.next_if_eq(&'"').is_some() => name.push('"'),
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => names.push(String::new()),
            (c, Some(name)) => name.push(c),
            (_, None) => {}
        }
    }
    names.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        assert_eq!(header(["loss", "val_loss"].into_iter()), "epoch,loss,val_loss");
        assert_eq!(header(["f1,macro"].into_iter()), "epoch,\"f1,macro\"");
        for all in [&[][..], &["loss"], &["f1,macro", "a \"b\"", "", "größe"]] {
            assert_eq!(names(&header(all.iter().copied())), all);
        }
    }
}
