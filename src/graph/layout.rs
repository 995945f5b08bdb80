//! Where to draw the nodes: communities side by side first, then forces.
//!
//! The forces are those of Barnes & Hut 1986 (repulsion by a quadtree, θ = 0.9) and springs whose strength goes down with the degree of the
//! less connected end, so that a domain controller with a thousand lines does not pull everything onto one spot. Only additions,
//! multiplications, divisions and square roots are used: the same picture, bit for bit, on every machine.

use super::community::communities;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

const ROUNDS: usize = 220;
/// Wanted length of a line.
const LENGTH: f64 = 70.0;
const STIFFNESS: f64 = 0.5;
const REPULSION: f64 = 900.0;
const THETA2: f64 = 0.9 * 0.9;
/// Pull towards the middle, so that parts without a line between them stay near.
const GRAVITY: f64 = 0.03;
/// What is left of a speed after each round.
const FRICTION: f64 = 0.6;
/// Room around a node that no other may enter.
const ROOM: f64 = 34.0;

/// A point for each of `nodes` nodes, and its community.
pub fn layout(nodes: usize, lines: &[(usize, usize, f64)]) -> (Vec<Point>, Vec<u32>) {
    let of = communities(nodes, lines);
    let mut at = start(&of);
    let ends: Vec<(usize, usize)> =
        lines.iter().map(|&(a, b, _)| (a, b)).filter(|&(a, b)| a != b && a < nodes && b < nodes).collect();
    let mut degree = vec![0u32; nodes];
    for &(a, b) in &ends {
        degree[a] += 1;
        degree[b] += 1;
    }
    let mut speed = vec![Point::default(); nodes];
    for round in 0..ROUNDS {
        // Cools down evenly, from 1 to nearly 0.
        let heat = 1.0 - round as f64 / ROUNDS as f64;
        spring(&at, &ends, &degree, &mut speed, heat);
        repel(&at, &mut speed, heat);
        for (p, v) in at.iter_mut().zip(&mut speed) {
            v.x = (v.x - p.x * GRAVITY * heat) * FRICTION;
            v.y = (v.y - p.y * GRAVITY * heat) * FRICTION;
            p.x += v.x;
            p.y += v.y;
        }
    }
    for _ in 0..60 {
        if !separate(&mut at) {
            break;
        }
    }
    // A tenth of a pixel is all that a screen can show.
    at.iter_mut().for_each(|p| *p = Point { x: (p.x * 10.0).round() / 10.0, y: (p.y * 10.0).round() / 10.0 });
    (at, of)
}

/// The turn of a sunflower's seeds (137.5°), as (cos, sin): spreads any number of points evenly.
const TURN: (f64, f64) = (-0.737_368_878_078_319_7, 0.675_490_294_261_523_8);

/// Seeds of a sunflower, at distance √i.
fn seeds() -> impl Iterator<Item = Point> {
    let mut direction = (1.0, 0.0);
    (0u32..).map(move |i| {
        let r = f64::from(i).sqrt();
        let p = Point { x: r * direction.0, y: r * direction.1 };
        direction =
            (direction.0 * TURN.0 - direction.1 * TURN.1, direction.0 * TURN.1 + direction.1 * TURN.0);
        p
    })
}

/// Communities as sunflowers, themselves laid out as one.
fn start(of: &[u32]) -> Vec<Point> {
    let count = of.iter().max().map_or(0, |m| *m as usize + 1);
    let mut size = vec![0u32; count];
    of.iter().for_each(|&c| size[c as usize] += 1);
    let mut used = 0.0;
    let centres: Vec<Point> = seeds()
        .zip(&size)
        .map(|(seed, &n)| {
            let length = (seed.x * seed.x + seed.y * seed.y).sqrt().max(1e-9);
            let radius = LENGTH * used;
            used = (used * used + f64::from(n) * 1.6).sqrt();
            Point { x: seed.x / length * radius, y: seed.y / length * radius }
        })
        .collect();
    let mut next: Vec<_> = (0..count).map(|_| seeds()).collect();
    of.iter()
        .map(|&c| {
            let seed = next[c as usize].next().unwrap_or_default();
            let centre = centres[c as usize];
            Point { x: centre.x + seed.x * LENGTH * 0.6, y: centre.y + seed.y * LENGTH * 0.6 }
        })
        .collect()
}

fn spring(at: &[Point], ends: &[(usize, usize)], degree: &[u32], speed: &mut [Point], heat: f64) {
    for &(a, b) in ends {
        let (dx, dy) =
            (at[b].x + speed[b].x - at[a].x - speed[a].x, at[b].y + speed[b].y - at[a].y - speed[a].y);
        let length = (dx * dx + dy * dy).sqrt().max(1e-6);
        let (da, db) = (f64::from(degree[a]), f64::from(degree[b]));
        // A hub's neighbours need a disc around it, whose radius grows with the root of their number.
        let wanted = LENGTH + ROOM * 0.55 * da.max(db).sqrt();
        let strength = STIFFNESS * (length - wanted) / length * heat / da.min(db);
        // The better connected end moves less.
        let share = da / (da + db);
        speed[b].x -= dx * strength * share;
        speed[b].y -= dy * strength * share;
        speed[a].x += dx * strength * (1.0 - share);
        speed[a].y += dy * strength * (1.0 - share);
    }
}

/// A square of the quadtree.
#[derive(Clone, Copy)]
struct Cell {
    middle: Point,
    half: f64,
    /// Sum of the points in it, and their number.
    sum: Point,
    count: f64,
    /// First of its four children; 0 for none.
    children: usize,
    /// The point in a leaf; `usize::MAX` for none.
    point: usize,
}

impl Cell {
    fn new(middle: Point, half: f64) -> Self {
        Self { middle, half, sum: Point::default(), count: 0.0, children: 0, point: usize::MAX }
    }
}

/// Smaller squares are not divided: points closer than this count as one.
const SMALLEST: f64 = 0.01;

fn quadtree(at: &[Point]) -> Vec<Cell> {
    let reach = at.iter().fold(1.0f64, |m, p| m.max(p.x.abs()).max(p.y.abs()));
    let mut cells = vec![Cell::new(Point::default(), reach)];
    for (i, p) in at.iter().enumerate() {
        let mut here = 0;
        loop {
            cells[here].sum.x += p.x;
            cells[here].sum.y += p.y;
            cells[here].count += 1.0;
            let cell = cells[here];
            if cell.children == 0 {
                if cell.count == 1.0 || cell.half < SMALLEST {
                    cells[here].point = i;
                    break;
                }
                let first = cells.len();
                let h = cell.half / 2.0;
                for (sx, sy) in [(-h, -h), (h, -h), (-h, h), (h, h)] {
                    cells.push(Cell::new(Point { x: cell.middle.x + sx, y: cell.middle.y + sy }, h));
                }
                // The point that was here alone moves down.
                let old = at[cell.point];
                let child = first + quarter(cell.middle, old);
                cells[child].sum = old;
                cells[child].count = 1.0;
                cells[child].point = cell.point;
                cells[here].children = first;
                cells[here].point = usize::MAX;
            }
            here = cells[here].children + quarter(cell.middle, *p);
        }
    }
    cells
}

fn quarter(middle: Point, p: Point) -> usize {
    usize::from(p.x >= middle.x) + 2 * usize::from(p.y >= middle.y)
}

fn repel(at: &[Point], speed: &mut [Point], heat: f64) {
    let cells = quadtree(at);
    let mut open = Vec::new();
    for (i, (p, v)) in at.iter().zip(speed).enumerate() {
        open.push(0);
        while let Some(c) = open.pop() {
            let cell = &cells[c];
            if cell.count == 0.0 || cell.point == i && cell.count == 1.0 {
                continue;
            }
            let mut dx = cell.sum.x / cell.count - p.x;
            let mut dy = cell.sum.y / cell.count - p.y;
            let width = cell.half * 2.0;
            let mut distance2 = dx * dx + dy * dy;
            if cell.children != 0 && width * width >= THETA2 * distance2 {
                open.extend(cell.children..cell.children + 4);
                continue;
            }
            if distance2 < 1e-6 {
                // On one spot: apart by their number, so that it is the same every time.
                (dx, dy) = (0.01 + (i % 7) as f64 * 0.003, 0.01 + (i % 5) as f64 * 0.004);
                distance2 = dx * dx + dy * dy;
            }
            // Near points must not throw each other out of the picture.
            let force = REPULSION * heat * cell.count / distance2.max(25.0);
            let length = distance2.sqrt();
            v.x -= dx / length * force * 0.2;
            v.y -= dy / length * force * 0.2;
        }
    }
}

/// Pushes overlapping nodes apart, by a grid of squares as wide as their room; tells whether any overlapped.
fn separate(at: &mut [Point]) -> bool {
    let cell = |p: Point| ((p.x / ROOM).floor() as i64, (p.y / ROOM).floor() as i64);
    let mut grid: HashMap<(i64, i64), Vec<usize>, FixedState> = HashMap::default();
    for (i, p) in at.iter().enumerate() {
        grid.entry(cell(*p)).or_default().push(i);
    }
    let mut any = false;
    for i in 0..at.len() {
        let (cx, cy) = cell(at[i]);
        for square in (cx - 1..=cx + 1).flat_map(|x| (cy - 1..=cy + 1).map(move |y| (x, y))) {
            for &j in grid.get(&square).into_iter().flatten().filter(|j| **j > i) {
                let (mut dx, mut dy) = (at[j].x - at[i].x, at[j].y - at[i].y);
                let mut length = (dx * dx + dy * dy).sqrt();
                if length >= ROOM {
                    continue;
                }
                if length < 1e-6 {
                    (dx, dy, length) = (1.0, (j % 3) as f64 - 1.0, 1.0);
                }
                let push = (ROOM - length) / 2.0 / length;
                at[i].x -= dx * push;
                at[i].y -= dy * push;
                at[j].x += dx * push;
                at[j].y += dy * push;
                any = true;
            }
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_with_many_leaves_is_spread_out_and_repeatable() {
        let lines: Vec<_> = (1..300).map(|i| (0, i, 1.0)).collect();
        let (at, _) = layout(300, &lines);
        assert_eq!(at, layout(300, &lines).0);
        assert!(at.iter().all(|p| p.x.is_finite() && p.y.is_finite()));
        let crowded = (0..300).filter(|&i| {
            (0..i).any(|j| {
                let (dx, dy) = (at[i].x - at[j].x, at[i].y - at[j].y);
                dx * dx + dy * dy < (ROOM / 2.0) * (ROOM / 2.0)
            })
        });
        assert_eq!(crowded.count(), 0);
    }

    #[test]
    fn small_and_odd_graphs() {
        assert!(layout(0, &[]).0.is_empty());
        assert_eq!(layout(1, &[(0, 0, 1.0)]).0.len(), 1);
        let (at, _) = layout(2, &[(0, 7, 1.0)]);
        assert_ne!(at[0], at[1]);
    }
}
