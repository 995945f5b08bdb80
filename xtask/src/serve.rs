//! `cargo xtask serve`: `dist/` on this machine only, and a browser on it where there is a display.

use crate::run::{command, root};
use crate::server;
use anyhow::Result;

/// Serves until it is stopped. A port in use is passed over for the next free one.
pub fn serve(port: u16, open: bool) -> Result<()> {
    let (server, port) = server::bind(port)?;
    let address = format!("http://127.0.0.1:{port}/");
    println!("LogonScope is at {address} (Ctrl-C ends it)");
    let display = cfg!(not(target_os = "linux"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if open && display && std::env::var_os("CI").is_none() {
        let opener = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        // No browser to open is no reason to stop: the address is printed.
        let _ = command(opener).arg(&address).spawn();
    }
    server::run(&server, &root().join("dist"));
    Ok(())
}
