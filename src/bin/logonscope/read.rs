//! Reads files with several threads, as the page does with workers: runs of chunks are handed out, batches come back.

use logonscope::input::{HEAD, Reader, Sniffed, sniff};
use logonscope::store::{Batch, Store};
use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Bytes of a job; a multiple of the chunk size. Big enough to hide the hand-over, small enough to share a file out evenly.
const JOB: u64 = 16 << 20;
/// Bytes read at once.
pub const PIECE: usize = 1 << 20;
const FIRST_CHUNK: u64 = 4096;

/// A run of chunks of a file.
#[derive(Clone, Copy)]
pub struct Job {
    pub file: usize,
    from: u64,
    /// Past the last byte.
    to: u64,
    pub at_end: bool,
}

struct Done {
    batch: Batch,
    bytes: u64,
    /// What the system said, where reading stopped early: offset and text.
    trouble: Option<(u64, String)>,
}

/// Reads every file into a store; a file that cannot be read is refused in it with the reason.
pub fn read(files: &[PathBuf], threads: usize) -> Store {
    let mut store = Store::default();
    let mut jobs = Vec::new();
    for (number, path) in files.iter().enumerate() {
        let file = store.file(number as u32);
        file.name = path.display().to_string();
        match head(path) {
            Ok((bytes, head)) => {
                file.bytes = bytes;
                match sniff(&head, bytes) {
                    Sniffed::Evtx => jobs.extend(split(number, bytes)),
                    Sniffed::Refused(text) => file.refused = Some(text),
                }
            }
            Err(e) => file.refused = Some(format!("It cannot be opened: {e}.")),
        }
    }
    let total = jobs.iter().map(|j| j.to - j.from).sum();
    // Last first, since jobs are popped.
    jobs.reverse();
    let jobs = Mutex::new(jobs);
    let (send, receive) = channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let send = send.clone();
            let jobs = &jobs;
            scope.spawn(move || work(files, jobs, &send));
        }
        drop(send);
        collect(&mut store, &receive, total);
    });
    store
}

fn head(path: &PathBuf) -> std::io::Result<(u64, Vec<u8>)> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.take(HEAD as u64).read_to_end(&mut head)?;
    Ok((bytes, head))
}

/// The jobs that a file makes.
pub fn split(file: usize, bytes: u64) -> impl Iterator<Item = Job> {
    let count = bytes.saturating_sub(FIRST_CHUNK).div_ceil(JOB).max(1);
    (0..count).map(move |i| Job {
        file,
        // The first one reads the header too.
        from: if i == 0 { 0 } else { FIRST_CHUNK + i * JOB },
        to: (FIRST_CHUNK + (i + 1) * JOB).min(bytes),
        at_end: i + 1 == count,
    })
}

fn work(files: &[PathBuf], jobs: &Mutex<Vec<Job>>, send: &Sender<(usize, Done)>) {
    let mut buffer = vec![0; PIECE];
    while let Some(job) = next(jobs) {
        if send.send((job.file, run(&files[job.file], job, &mut buffer))).is_err() {
            return;
        }
    }
}

/// The job to do next.
pub fn next(jobs: &Mutex<Vec<Job>>) -> Option<Job> {
    match jobs.lock() {
        Ok(mut jobs) => jobs.pop(),
        // Another thread panicked while it held the list; what is left of it is still good.
        Err(poisoned) => poisoned.into_inner().pop(),
    }
}

/// Hands the job's bytes on piece by piece, each with its offset.
pub fn pieces(
    path: &Path,
    job: Job,
    buffer: &mut [u8],
    mut push: impl FnMut(&[u8], u64),
) -> Result<(), (u64, String)> {
    let mut at = job.from;
    let mut pump = || -> std::io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(job.from))?;
        while at < job.to {
            let wanted = buffer.len().min((job.to - at) as usize);
            let got = file.read(&mut buffer[..wanted])?;
            if got == 0 {
                return Err(std::io::Error::other("the file became shorter while it was read"));
            }
            push(&buffer[..got], at);
            at += got as u64;
        }
        Ok(())
    };
    let trouble = pump().err();
    trouble.map_or(Ok(()), |e| Err((at, e.to_string())))
}

fn run(path: &Path, job: Job, buffer: &mut [u8]) -> Done {
    let mut reader = Reader::new(job.file as u32);
    let trouble = pieces(path, job, buffer, |bytes, at| reader.push(bytes, at)).err();
    reader.finish(job.at_end || trouble.is_some());
    Done { batch: reader.take(), bytes: job.to - job.from, trouble }
}

fn collect(store: &mut Store, receive: &Receiver<(usize, Done)>, total: u64) {
    let watched = std::io::stderr().is_terminal();
    let start = Instant::now();
    let mut shown = start;
    let mut read = 0;
    for (file, done) in receive {
        store.append(done.batch);
        if let Some((offset, text)) = done.trouble {
            store.file(file as u32).report.damage(offset, format!("reading stopped here: {text}"));
        }
        read += done.bytes;
        if watched && shown.elapsed() > Duration::from_millis(200) {
            shown = Instant::now();
            let seconds = start.elapsed().as_secs_f64();
            let rate = read as f64 / 1e6 / seconds;
            eprint!(
                "\r{:.0} % of {:.0} MB, {} events, {rate:.0} MB/s ",
                read as f64 * 100.0 / total as f64,
                total as f64 / 1e6,
                store.len()
            );
        }
    }
    if watched {
        eprint!("\r\x1b[K");
    }
}
