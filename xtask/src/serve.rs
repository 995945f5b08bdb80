//! `cargo xtask serve`: a static server for `dist/` on this machine only.

use crate::run::{command, root};
use anyhow::{Result, anyhow};
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use tiny_http::{Header, Method, Request, Response, Server};

/// Serves until it is stopped. A port in use is passed over for the next free one.
pub fn serve(port: u16, open: bool) -> Result<()> {
    let (server, port) = bind(port)?;
    let address = format!("http://127.0.0.1:{port}/");
    println!("LogonScope is at {address} (Ctrl-C ends it)");
    if open
        && (std::env::var_os("DISPLAY").is_some()
            || std::env::var_os("WAYLAND_DISPLAY").is_some()
            || cfg!(not(target_os = "linux")))
    {
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
    let dist = root().join("dist");
    for request in server.incoming_requests() {
        // A client that went away is its own business.
        let _ = answer(&dist, request);
    }
    Ok(())
}

fn bind(port: u16) -> Result<(Server, u16)> {
    for candidate in port..port.saturating_add(20) {
        if let Ok(server) = Server::http(("127.0.0.1", candidate)) {
            return Ok((server, candidate));
        }
    }
    Err(anyhow!("no free port from {port} on; give another with --port"))
}

fn answer(dist: &Path, request: Request) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("only GET").with_status_code(405));
    }
    let Some(path) = resolve(dist, request.url()) else {
        return request.respond(Response::from_string("not found").with_status_code(404));
    };
    match File::open(&path) {
        Ok(file) => {
            let response = Response::from_file(file);
            match Header::from_bytes("Content-Type", media_type(&path)) {
                Ok(header) => request.respond(response.with_header(header)),
                Err(()) => request.respond(response),
            }
        }
        Err(_) => request.respond(Response::from_string("not found").with_status_code(404)),
    }
}

/// The file a URL means; `None` for one outside `dist`.
fn resolve(dist: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let path = decode(path)?;
    let relative = Path::new(&path);
    let inside = relative.components().all(|c| matches!(c, Component::Normal(_)));
    if !inside || path.contains('\\') {
        return None;
    }
    let full = dist.join(relative);
    Some(if full.is_dir() { full.join("index.html") } else { full })
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        bytes.push(match b {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b => b,
        });
    }
    String::from_utf8(bytes).ok().filter(|t| !t.contains('\0'))
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|e| e.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let dist = Path::new("/srv/dist");
        let ok = |url| resolve(dist, url);
        assert_eq!(ok("/assets/a.js?v=1"), Some("/srv/dist/assets/a.js".into()));
        assert_eq!(ok("/a%20b.js"), Some("/srv/dist/a b.js".into()));
        for bad in
            ["/../secret", "/%2e%2e/secret", "/a/../../b", "//etc/passwd/..", "/..%5csecret", "/%00", "/%zz"]
        {
            assert_eq!(ok(bad), None, "{bad}");
        }
        // Slashes in front are all taken off: this is a file of ours or none.
        assert_eq!(ok("//etc/passwd"), Some("/srv/dist/etc/passwd".into()));
    }
}
