/**
 * What the page and the wasm modules say to each other. The Rust side is `src/wasm/`; the two are kept
 * equal by the browser tests. Times are milliseconds since 1970-01-01 UTC; numbers are exact integers
 * below 2^53 unless said otherwise.
 *
 *   File ──slice──▶ reader worker (wasm Reader) ──batch (ArrayBuffer, transferred)──▶ engine worker (wasm Engine) ◀─question/answer─ page
 */

/** What a file is, told from its first 8192 bytes. */
export interface Sniff {
  /** `evtx` can be read; anything else is refused with `message`. */
  kind: 'evtx' | 'refused';
  /** For the user, when refused: what the file is instead and what to do. */
  message: string | null;
}

/** One damaged place; nothing is dropped without one of these. */
export interface Damage {
  /** Byte offset in the file. */
  offset: number;
  reason: string;
}

export interface FileReport {
  id: number;
  name: string;
  bytes: number;
  /** Records read whole (of any event id). */
  records: number;
  /** Records kept: events of interest. */
  events: number;
  /** 64 KiB chunks with at least one damage, and chunks seen. */
  damagedChunks: number;
  chunks: number;
  damage: Damage[];
  /** Damage beyond those listed (the list is capped at 1,000). */
  moreDamage: number;
  /** Records that are of no interest here, by channel and event id, most frequent first. */
  others: { channel: string; eventId: number; count: number }[];
  /** One sentence for the user when there is something to say ("no logon events in it: it holds Application events"). */
  message: string | null;
}

export interface Overview {
  files: FileReport[];
  span: { first: number; last: number } | null;
  records: number;
  events: number;
  eventsById: { id: number; name: string; count: number }[];
  /** What the graph leaves out, by reason; `included` = the user brought it back. */
  setAside: SetAside[];
  accounts: number;
  hosts: number;
  edges: number;
  chains: number;
  notEvaluable: NotEvaluable[];
  /** One sentence when there is nothing to show, saying why. */
  emptyReason: string | null;
}

export interface SetAside {
  reason: SetAsideReason;
  label: string;
  /** Why it is set aside, one sentence. */
  why: string;
  count: number;
  included: boolean;
  /** Events that are no logon can't be drawn as one. */
  canInclude: boolean;
}
export type SetAsideReason =
  | 'machine-account'
  | 'anonymous'
  | 'built-in'
  | 'not-a-logon'
  | 'no-account'
  | 'no-host';

/** `source`: host → account (as LogonTracer draws it); `target`: account → host; `both`: host → account → host; `hosts`: host → host. */
export type GraphMode = 'both' | 'source' | 'target' | 'hosts';

export interface GraphOptions {
  mode: GraphMode;
  /** Reasons of `SetAside` to bring back. */
  include: SetAsideReason[];
  /** At most so many are drawn, the highest ranked ones. */
  maxNodes: number;
  maxEdges: number;
  /** Draw only this node and what is within `hops` of it. */
  focus?: { node: string; hops: number };
  /** Drawn whatever their rank: what the user looks at. */
  first?: string[];
}

export type NodeKind = 'account' | 'host';
/** Accounts: user, machine, built-in, anonymous, unknown (a name tried and never seen with a SID). Hosts: dc, computer, address. */
export type NodeSub =
  | 'user'
  | 'machine'
  | 'built-in'
  | 'anonymous'
  | 'unknown'
  | 'dc'
  | 'computer'
  | 'address';

export interface GraphNode {
  /** `a12` or `h5`: stable as long as the same files are loaded. */
  id: string;
  kind: NodeKind;
  sub: NodeSub;
  /** Short name to draw. */
  label: string;
  /** DOMAIN\name, FQDN or address in full. */
  full: string;
  privileged: boolean;
  /** PageRank scaled so that the largest node of its kind has 1. */
  rank: number;
  /** 1 = highest rank of its kind. */
  place: number;
  /** Points of suspicion; 0 where nothing speaks against it. */
  suspicion: number;
  /** 1 = most suspicious of its kind, 0 = not suspicious. */
  suspicionPlace: number;
  events: number;
  failures: number;
  x: number;
  y: number;
  community: number;
}

export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  count: number;
  failures: number;
  first: number;
  last: number;
  /** Distinct logon types, event ids, packages in it, sorted; for labels and details. */
  eventIds: number[];
  logonTypes: number[];
  packages: string[];
}

export interface GraphView {
  nodes: GraphNode[];
  edges: GraphEdge[];
  shownNodes: number;
  totalNodes: number;
  shownEdges: number;
  totalEdges: number;
  mode: GraphMode;
}

/** What a list is ordered by. */
export type RankedBy = 'suspicion' | 'rank';

/** A row of the ranked lists. */
export interface Ranked {
  id: string;
  kind: NodeKind;
  sub: NodeSub;
  name: string;
  domain: string | null;
  privileged: boolean;
  rank: number;
  place: number;
  /** Points; 0 where nothing speaks against it. */
  suspicion: number;
  /** The strongest reason, in a sentence. */
  why: string | null;
  events: number;
  failures: number;
  first: number;
  last: number;
}

/** A contribution to a suspicion; the suspicion is the sum of the values. */
export interface Reason {
  name: string;
  label: string;
  /** What the signal means, one sentence. */
  meaning: string;
  value: number;
  /** The strongest observations in words, at most 3 of `observations`. */
  why: string[];
  observations: number;
  /** Rows that show it, by time; at most 200 of `total`. */
  rows: number[];
  total: number;
}

/** A lateral chain: hops in the order of time, each from where the one before ended. */
export interface Chain {
  weight: number;
  first: number;
  last: number;
  switches: number;
  hops: ChainHop[];
}

export interface ChainHop {
  row: number;
  time: number;
  account: string;
  accountNode: string;
  source: string;
  sourceNode: string;
  target: string;
  targetNode: string;
  /** Another account than on the hop before. */
  switched: boolean;
  /** What was first seen within the last day. */
  new: ('source' | 'target' | 'way')[];
}

/** A node where it is named beside something else. */
export interface NodeName {
  id: string;
  kind: NodeKind;
  sub: NodeSub;
  label: string;
  full: string;
  privileged: boolean;
}

/** What could have been reached from an account or host (or, `back`, from where it could have been reached), each hop after the one before. */
export interface ReachQuery {
  account?: string;
  host?: string;
  back: boolean;
  /** `strict`: only logons that happened; `exposed`: also with credentials left on the hosts reached. */
  reading: 'strict' | 'exposed';
  span: { from?: number; to?: number };
  limit: number;
}

export interface Reached {
  accounts: number;
  hosts: number;
  nodes: { node: NodeName; time: number; by: PathStep | null }[];
}

/** One hop of a path; its records, strongest first. */
export interface PathStep {
  time: number;
  account: NodeName;
  switchedFrom: NodeName | null;
  source: NodeName;
  target: NodeName;
  evidence: { row: number; time: number; eventId: number; event: string; file: number; recordId: number }[];
  moreEvidence: number;
}

export interface SessionList {
  total: number;
  /** Of people at a desk or over RDP. */
  interactive: number;
  rows: SessionRow[];
}

export interface SessionRow {
  account: NodeName | null;
  host: NodeName | null;
  source: NodeName | null;
  logonType: number | null;
  logonTypeName: string;
  start: number;
  end: number;
  endIs: 'certain' | 'assumed' | 'unknown';
  endedBy: string;
  privileged: boolean;
  /** How often other credentials were used in it. */
  credentials: number;
  rows: number[];
}

/** An analysis whose silence means nothing here, and why. */
export interface NotEvaluable {
  analysis: string;
  reason: string;
}

/** One event in the table. */
export interface EventRow {
  /** Index into the store; the handle for `locate`. */
  row: number;
  time: number;
  eventId: number;
  /** What the id means: "Logon", "Logon failed", "Kerberos TGT requested" … */
  event: string;
  computer: string;
  account: string;
  accountNode: string | null;
  subject: string;
  source: string;
  sourceNode: string | null;
  target: string;
  targetNode: string | null;
  logonType: number | null;
  /** "Network", "RemoteInteractive (RDP)" … */
  logonTypeName: string;
  package: string;
  /** `0xC000006A`, or empty where the event has none. */
  status: string;
  statusText: string;
  file: number;
  recordId: number;
}

export interface EventQuery {
  /** Only events touching all of these nodes (`a…`, `h…`). */
  nodes: string[];
  /** Only these event ids (empty: all). */
  eventIds: number[];
  /** Only these rows, the evidence of something (empty: all). */
  rows: number[];
  sort: 'time' | 'eventId' | 'account' | 'source' | 'target' | 'computer';
  descending: boolean;
}

/** Answered by `query`: the rows themselves come in pages. */
export interface EventCount {
  total: number;
}

export interface NodeDetails {
  node: GraphNode;
  sid: string | null;
  /** Other spellings, for accounts; names, FQDNs and addresses, for hosts. */
  aliases: string[];
  /** What its suspicion is made of, largest first. */
  reasons: Reason[];
  first: number;
  last: number;
  eventsById: { id: number; name: string; count: number }[];
  logonTypes: { type: number; name: string; count: number }[];
  packages: { name: string; count: number }[];
  /** Failure statuses, most frequent first. */
  failures: { status: string; text: string; count: number }[];
  /** Who and what it touched, most events first, at most 50; the rest is counted. */
  neighbours: {
    id: string;
    kind: NodeKind;
    label: string;
    direction: 'from' | 'to' | 'as';
    count: number;
    first: number;
    last: number;
  }[];
  moreNeighbours: number;
  /** Events per UTC hour-of-day, 24 numbers. */
  hours: number[];
  /** Events per bucket over the whole span of the log, for a sparkline; `bucketMs` long, from `bucketStart`. */
  series: number[];
  bucketMs: number;
  bucketStart: number;
}

/** Where a record stands, to read it again. */
export interface Location {
  file: number;
  /** Byte offset of the 64 KiB chunk in the file. */
  chunkOffset: number;
  /** Byte offset of the record inside the chunk. */
  recordOffset: number;
  recordId: number;
}

/** The record whole, as rendered by the crate `evtx`. */
export interface RawRecord {
  xml: string;
  /** Every System and EventData field in document order, with its meaning in words where we know it. */
  fields: {
    section: 'System' | 'EventData' | 'UserData' | 'Other';
    name: string;
    value: string;
    meaning: string | null;
  }[];
}

/** How bad it is if it is what it looks like (ATT&CK-independent scale of Sigma). */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'informational';
/** How sure the rule is that it is that, and no innocent thing. */
export type Confidence = 'high' | 'medium' | 'low';

/** A named detection with its evidence. */
export interface Finding {
  /** Stable as long as the same files and settings are there. */
  id: string;
  /** Key of the rule, "password-spray". */
  rule: string;
  title: string;
  severity: Severity;
  confidence: Confidence;
  /** ATT&CK technique "T1110.003", its name, and the tactic "credential-access". */
  technique: string;
  techniqueName: string;
  tactic: string;
  /** Who acts first, then to whom it was done. */
  accounts: NodeName[];
  /** How many of the accounts act. */
  actors: number;
  hosts: NodeName[];
  /** How many of the hosts are where it came from. */
  sources: number;
  /** As written in the records. */
  addresses: string[];
  first: number;
  last: number;
  /** Sentences in plain words, with log texts in them (hostile!). */
  why: string;
  innocentCause: string;
  /** What to check next. */
  check: string;
  /** Rows that show it, by time; at most 10,000 of `total`. */
  rows: number[];
  total: number;
  /** Number of the incident in `Findings.incidents`. */
  incident: number;
}

/** Findings with actors and time in common. */
export interface Incident {
  title: string;
  severity: Severity;
  /** Points of suspicion of its actors; incidents are ordered by it. */
  suspicion: number;
  accounts: NodeName[];
  hosts: NodeName[];
  addresses: string[];
  first: number;
  last: number;
  /** Indexes into `Findings.findings`, in the order of time. */
  findings: number[];
}

export interface RuleState {
  rule: string;
  title: string;
  technique: string;
  techniqueName: string;
  tactic: string;
  severity: Severity;
  /** Findings shown, and hidden by a suppression. */
  kept: number;
  suppressed: number;
  /** Why it could not be evaluated on these logs, one sentence; null where it could. */
  notEvaluable: string | null;
}

export interface Threshold {
  key: string;
  /** Rules it belongs to. */
  rules: string[];
  label: string;
  unit: string;
  value: number;
  default: number;
  min: number;
  max: number;
  /** Why the default is what it is. */
  reason: string;
  /** Candidates at or above it, and below it; null where nothing is counted (a span of time, say). */
  kept: number | null;
  below: number | null;
}

/** Hides findings that concern something; reversible. */
export interface Suppression {
  kind: 'account' | 'host' | 'address' | 'rule';
  /** DOMAIN\name, host name, address or range in CIDR notation, rule key. May hold * wildcards (accounts, hosts). */
  value: string;
}

export interface DetectionSettings {
  /** Only what differs from the defaults. */
  thresholds: Record<string, number>;
  suppressions: Suppression[];
}

export interface Findings {
  /** By suspicion, highest first. */
  incidents: Incident[];
  /** By severity, then suspicion, then time. */
  findings: Finding[];
  rules: RuleState[];
  thresholds: Threshold[];
  /** How many findings each suppression of the settings hides (in their order), and what is wrong with it, if anything. */
  suppressions: { suppression: Suppression; hidden: number; error: string | null }[];
}

/** Recall and precision on the labelled simulated set with the settings at hand. */
export interface Tuning {
  events: number;
  cases: number;
  attacks: number;
  found: number;
  /** Findings of medium severity or higher that hold no record of an attack. */
  falseFindings: number;
  benignEvents: number;
  /** Per rule. */
  rules: {
    rule: string;
    title: string;
    technique: string;
    attacks: number;
    found: number;
    findings: number;
    falseFindings: number;
  }[];
  missed: { name: string; variant: string; technique: string }[];
}
