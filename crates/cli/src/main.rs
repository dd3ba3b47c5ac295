//! The program: all of it is in the library beside, so that what wraps the command can run it without a second process.

fn main() -> std::process::ExitCode {
    heedful_cli::run(std::env::args_os())
}
