//! A static server as any static host is: files by their path, their media type, no special headers.

use anyhow::{Result, anyhow};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;
use tiny_http::{Header, Method, Request, Response, Server};

/// A browser asks over up to six connections at once; a slow one must not hold up the others.
const THREADS: usize = 6;

/// Listens on 127.0.0.1, at `port` or the next free one.
pub fn bind(port: u16) -> Result<(Server, u16)> {
    for candidate in port..=port.saturating_add(20) {
        if let Ok(server) = Server::http(("127.0.0.1", candidate)) {
            let port = server.server_addr().to_ip().map_or(candidate, |address| address.port());
            return Ok((server, port));
        }
    }
    Err(anyhow!("no free port from {port} on; give another with --port"))
}

/// Answers until the server is unblocked once for each thread.
pub fn run(server: &Server, dist: &Path) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Ok(request) = server.recv() {
                    // A client that went away is its own business.
                    let _ = answer(dist, request);
                }
            });
        }
    });
}

fn answer(dist: &Path, request: Request) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("only GET and HEAD").with_status_code(405));
    }
    match resolve(dist, request.url()).and_then(|path| Some((File::open(&path).ok()?, path))) {
        Some((file, path)) => {
            let mut response = Response::from_file(file);
            // After the next build the browser must not show the last one.
            for (name, value) in [("Content-Type", media_type(&path)), ("Cache-Control", "no-cache")] {
                if let Ok(header) = Header::from_bytes(name, value) {
                    response.add_header(header);
                }
            }
            request.respond(response)
        }
        None => request.respond(Response::from_string("not found").with_status_code(404)),
    }
}

/// The file a URL means; `None` where there is none inside `dist`, by whatever way it would lead out: dots,
/// however they are encoded, a second root, a drive letter, a symbolic link.
fn resolve(dist: &Path, url: &str) -> Option<PathBuf> {
    let path = decode(url.split(['?', '#']).next()?.strip_prefix('/')?)?;
    let names = path.strip_suffix('/').unwrap_or(&path);
    let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['\\', ':', '\0']);
    if !names.is_empty() && !names.split('/').all(plain) {
        return None;
    }
    let mut file = dist.join(names);
    // A folder has a page only with its slash: without it, the page's relative addresses would miss.
    if names.is_empty() || path.ends_with('/') {
        file.push("index.html");
    }
    let file = file.canonicalize().ok()?;
    (file.starts_with(dist.canonicalize().ok()?) && file.is_file()).then_some(file)
}

/// `a%20b` → `a b`; `None` where an escape is cut short, or the bytes are no UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        bytes.push(match b {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?
            }
            b => b,
        });
    }
    String::from_utf8(bytes).ok()
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
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    /// A site with a secret beside it.
    fn site(name: &str) -> PathBuf {
        let base = crate::run::scratch(name);
        let dist = base.join("dist");
        fs::create_dir_all(dist.join("assets")).expect("made");
        fs::write(base.join("secret"), "secret").expect("written");
        for (name, text) in [("index.html", "<p>page"), ("assets/a b.js", "1"), ("assets/m.wasm", "\0asm")] {
            fs::write(dist.join(name), text).expect("written");
        }
        dist
    }

    #[test]
    fn files_are_found_by_their_path() {
        let dist = site("found");
        let inside = dist.canonicalize().expect("there");
        let found = |url| resolve(&dist, url).map(|p| p.strip_prefix(&inside).expect("inside").to_path_buf());
        for url in ["/", "/index.html", "/?x=../..", "/#top", "/%69ndex.html"] {
            assert_eq!(found(url), Some("index.html".into()), "{url}");
        }
        assert_eq!(found("/assets/a%20b.js?v=1"), Some("assets/a b.js".into()));
        assert_eq!(found("/assets"), None, "a folder without a page");
        fs::remove_dir_all(dist.parent().expect("base")).expect("tidied");
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let dist = site("outside");
        let absolute = format!("/{}", dist.parent().expect("base").join("secret").display());
        let bad = ["/../secret", "/%2e%2e/secret", "/assets/../../secret", "/..%2fsecret", "/..%5csecret"];
        let worse =
            ["/%00", "/%zz", "/%+1", "/%", "", "secret", "//index.html", "/c:/secret", "/%ff", &absolute];
        for url in bad.into_iter().chain(worse) {
            assert_eq!(resolve(&dist, url), None, "{url}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret", dist.join("link")).expect("linked");
            assert_eq!(resolve(&dist, "/link"), None);
        }
        fs::remove_dir_all(dist.parent().expect("base")).expect("tidied");
    }

    #[test]
    fn answers_over_http_and_passes_over_a_port_in_use() {
        let dist = site("http");
        let (server, port) = bind(0).expect("any port");
        let (_other, next) = bind(port).expect("the next port");
        assert_ne!(port, next);
        let ask = |line: &str| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
            write!(stream, "{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("asked");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answered");
            answer
        };
        thread::scope(|scope| {
            scope.spawn(|| run(&server, &dist));
            let wasm = ask("GET /assets/m.wasm");
            assert!(wasm.starts_with("HTTP/1.1 200") && wasm.ends_with("\0asm"), "{wasm}");
            assert!(wasm.contains("Content-Type: application/wasm\r\n"), "{wasm}");
            assert!(!wasm.contains("Cross-Origin"), "{wasm}");
            let head = ask("HEAD /");
            assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
            assert!(ask("GET /%2e%2e/secret").starts_with("HTTP/1.1 404"));
            assert!(ask("POST /").starts_with("HTTP/1.1 405"));
            for _ in 0..THREADS {
                server.unblock();
            }
        });
        fs::remove_dir_all(dist.parent().expect("base")).expect("tidied");
    }
}
