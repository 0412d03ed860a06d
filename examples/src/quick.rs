//! The option `--quick`, which is the only option of several examples.

/// Returns whether `--quick` was passed. For any other argument, prints the help and returns `None`.
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
