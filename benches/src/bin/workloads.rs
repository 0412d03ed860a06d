//! Measures the workloads and prints one line per case; `--help` shows the usage.

use benches::alloc::Counting;
use benches::args::{Args, USAGE};
use benches::report::Report;
use benches::{explain, scalar, tensor};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let args = match Args::parse(words) {
        Ok(args) => args,
        Err(invalid) => {
            eprintln!("{invalid}");
            return ExitCode::from(2);
        }
    };
    // All work runs inside the pool, because a call from outside its threads costs microseconds.
    match rayon::ThreadPoolBuilder::new().num_threads(args.threads).build() {
        Ok(pool) => pool.install(|| run(&args)),
        Err(e) => {
            eprintln!("cannot create a pool of {} threads: {e}", args.threads);
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> ExitCode {
    let mut report = Report::new(args);
    for &workload in &args.workloads {
        let _ = scalar::run(workload, &mut report)
            || tensor::run(workload, &mut report)
            || explain::run(workload, &mut report);
    }
    if report.error_count() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
