//! The `dingce` program.

fn main() -> std::process::ExitCode {
    dingce_server::cli::main()
}
