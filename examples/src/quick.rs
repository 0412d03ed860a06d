//! The one option of many examples: `-- --quick`.

/// Whether `--quick` was asked for; `None` if anything else was, and then the help has been printed.
pub fn quick(help: &str) -> Option<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(false),
        ["--quick"] => Some(true),
        _ => {
            println!("{help}");
            None
        }
    }
}
