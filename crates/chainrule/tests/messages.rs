//! Compiler messages about common mistakes: each program must be rejected, with a message that suggests a correction.
//!
//! `messages/NAME.rs` is a program with a mistake, and `messages/NAME.txt` contains the first lines of the message of
//! the compiler version in `messages/rustc.txt`. With other versions, only the first line is compared.
//!
//! `UPDATE_MESSAGES=1 cargo test -p chainrule --test messages` accepts the current messages; check the changes
//! afterwards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The number of lines of a message that are compared. They must contain the suggestion, because few readers read
/// further.
const LINES: usize = 12;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages");

#[test]
fn common_mistakes() {
    let update = env::var_os("UPDATE_MESSAGES").is_some();
    let version = rustc().arg("--version").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap().split(' ').take(2).collect::<Vec<_>>().join(" ") + "\n";
    let version_file = Path::new(FOLDER).join("rustc.txt");
    if update {
        fs::write(&version_file, &version).unwrap();
    }
    let lines = if fs::read_to_string(version_file).unwrap_or_default() == version { LINES } else { 1 };

    let mut mistakes = files(Path::new(FOLDER), "", ".rs");
    mistakes.sort();
    assert!(!mistakes.is_empty());
    let library = library();
    let compilers: Vec<_> = mistakes.iter().map(|file| compile(file, &library).spawn().unwrap()).collect();
    let mut failures = String::new();
    for (mistake, compiler) in mistakes.iter().zip(compilers) {
        let output = compiler.wait_with_output().unwrap();
        let found = match output.status.success() {
            true => "no message: the program compiles\n".to_string(),
            false => head(&String::from_utf8(output.stderr).unwrap()),
        };
        let text = mistake.with_extension("txt");
        if update && !output.status.success() {
            fs::write(&text, &found).unwrap();
        }
        let expected = fs::read_to_string(text).unwrap_or_default();
        if output.status.success() || !found.lines().take(lines).eq(expected.lines().take(lines)) {
            failures += &format!("--- {}: expected\n{expected}--- found\n{found}\n", mistake.display());
        }
    }
    assert!(
        failures.is_empty(),
        "{failures}--- to accept what was found, set UPDATE_MESSAGES=1 and run the test again"
    );
}

fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
}

fn compile(program: &Path, library: &Path) -> Command {
    let mut rustc = rustc();
    rustc.args(["--edition=2024", "--emit=metadata", "--color=never", "--diagnostic-width=120", "-Awarnings"]);
    rustc.arg(format!("--extern=chainrule={}", library.display()));
    rustc.arg(format!("-Ldependency={}", library.parent().unwrap().display()));
    rustc.arg("--out-dir").arg(env!("CARGO_TARGET_TMPDIR")).arg(program.file_name().unwrap());
    rustc.current_dir(FOLDER).stderr(Stdio::piped());
    rustc
}

/// Returns the newest library next to this test, which it is linked to unless another feature set was built later.
fn library() -> PathBuf {
    let test = env::current_exe().unwrap();
    let libraries = files(test.parent().unwrap(), "libchainrule-", ".rlib");
    libraries.into_iter().max_by_key(|file| file.metadata().unwrap().modified().unwrap()).unwrap()
}

fn files(folder: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let matches = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with(start) && name.ends_with(end)
    };
    folder.read_dir().unwrap().map(|file| file.unwrap().path()).filter(matches).collect()
}

/// Returns the first lines of a message. Locations in the library are reduced to the file, because line numbers change.
fn head(message: &str) -> String {
    let lines = message.lines().take(LINES).map(|line| match line.split_once(".rs:") {
        Some((file, _)) if line.contains("crates/") => format!("{file}.rs\n"),
        _ => format!("{line}\n"),
    });
    lines.collect::<String>().trim_end().to_string() + "\n"
}
