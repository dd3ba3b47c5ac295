//! The program: see the `cli` stage.

fn main() -> std::process::ExitCode {
    heedful::cli::run(std::env::args_os())
}
