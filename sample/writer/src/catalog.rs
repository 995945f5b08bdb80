//! The templates a log can use: their names, bodies and identifiers, independent of any chunk.

use crate::payload::{guid, guid_text, kind, push_utf16};

/// A template of a [`Catalog`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TemplateId(pub(crate) u16);

/// A name of an element or attribute, shared by all templates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NameId(pub(crate) u16);

/// What stands where a text may stand.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Substitution { index: u16, kind: u8, optional: bool },
}

/// An element; `depends` is the substitution whose absence removes it (0xffff: none).
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub name: NameId,
    pub depends: u16,
    pub attributes: Vec<(NameId, Part)>,
    pub content: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// `<a/>`
    Closed,
    Part(Part),
    Elements(Vec<Element>),
    /// A child element followed by a nested value: only `Event` has this.
    ElementsThen(Vec<Element>, Part),
}

#[derive(Debug)]
pub(crate) struct Name {
    pub utf16: Vec<u8>,
    pub hash: u16,
}

#[derive(Debug)]
pub(crate) struct Template {
    pub guid: [u8; 16],
    pub bucket: usize,
    pub root: Element,
    /// Bytes its definition takes when no name stands in the chunk yet.
    pub bound: usize,
}

/// Which System element and channel an event has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Microsoft-Windows-Security-Auditing in Security.
    Audit,
    /// Microsoft-Windows-Eventlog in Security (1100, 1102).
    Eventlog,
    /// Microsoft-Windows-Eventlog in System (104).
    EventlogSystem,
    /// TerminalServices-LocalSessionManager (21–25).
    LocalSession,
    /// TerminalServices-RemoteConnectionManager (1149).
    RemoteConnection,
}

impl Provider {
    /// Provider name, provider GUID, channel.
    pub fn identity(self) -> (&'static str, &'static str, &'static str) {
        const EVENTLOG: &str = "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148";
        match self {
            Self::Audit => {
                ("Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d", "Security")
            }
            Self::Eventlog => ("Microsoft-Windows-Eventlog", EVENTLOG, "Security"),
            Self::EventlogSystem => ("Microsoft-Windows-Eventlog", EVENTLOG, "System"),
            Self::LocalSession => (
                "Microsoft-Windows-TerminalServices-LocalSessionManager",
                "5d896912-022d-40aa-a3a8-4fa5515c76d7",
                "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
            ),
            Self::RemoteConnection => (
                "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
                "c76baa63-ae81-421c-b425-340b4b24157f",
                "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
            ),
        }
    }
}

/// One event the catalogue knows, in one version.
#[derive(Debug)]
pub struct Event {
    pub id: u16,
    pub version: u8,
    pub task: u16,
    pub provider: Provider,
    /// Field names in the order of the values.
    pub fields: Vec<&'static str>,
    /// Declared types, one per field.
    pub kinds: Vec<u8>,
    pub template: TemplateId,
}

/// Templates and names; events of the built-in table, outer templates as computers are added.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(crate) names: Vec<Name>,
    pub(crate) templates: Vec<Template>,
    pub(crate) outers: Vec<OuterTemplate>,
    pub events: Vec<Event>,
}

/// The two shapes of the outer template: provider and channel as values (18 of them), or as text (20).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outer {
    Values,
    Literal,
}

/// The outer template of one computer, provider and shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OuterId(pub(crate) u16);

#[derive(Debug)]
pub(crate) struct OuterTemplate {
    pub template: TemplateId,
    pub provider: Provider,
    pub shape: Outer,
    /// The values of provider and channel as they stand in a record, and as text in a forwarded one.
    pub tail: Vec<u8>,
    pub tail_texts: Vec<Option<String>>,
}

pub(crate) const EVENT_NS: &str = "http://schemas.microsoft.com/win/2004/08/events/event";
const LOG_NS: &str = "http://manifests.microsoft.com/win/2004/08/windows/eventlog";
const NEVER: u16 = 0xffff;

impl Catalog {
    /// The built-in events.
    pub fn new() -> Self {
        let mut catalog = Self::default();
        for line in include_str!("events.txt").lines().filter(|l| !l.starts_with('#')) {
            let column: Vec<&'static str> = line.split('\t').collect();
            catalog.add_event(&column);
        }
        catalog
    }

    fn add_event(&mut self, column: &[&'static str]) {
        let number = |i: usize| column[i].parse::<u16>().expect("a number in events.txt");
        let (fields, kinds): (Vec<&'static str>, Vec<u8>) =
            column.get(6).unwrap_or(&"").split_whitespace().map(field).unzip();
        let provider = match column[3] {
            "audit" => Provider::Audit,
            "eventlog" => Provider::Eventlog,
            "eventlog-system" => Provider::EventlogSystem,
            "lsm" => Provider::LocalSession,
            _ => Provider::RemoteConnection,
        };
        let root = match column[5] {
            "EventData" => self.event_data(&fields, &kinds),
            name => self.user_data(name, provider, &fields, &kinds),
        };
        let known = (column[2] != "-").then(|| guid(column[2]));
        let template = self.add(root, known);
        let (id, version, task) = (number(0), number(1) as u8, number(4));
        self.events.push(Event { id, version, task, provider, fields, kinds, template });
    }

    /// The event of this id in the highest version that is not above `version`.
    ///
    /// # Panics
    /// For an id that is not in the table.
    pub fn event(&self, id: u16, version: u8) -> &Event {
        let found =
            self.events.iter().filter(|e| e.id == id && e.version <= version).max_by_key(|e| e.version);
        found.unwrap_or_else(|| panic!("event {id} is not in events.txt"))
    }

    fn event_data(&mut self, fields: &[&str], kinds: &[u8]) -> Element {
        let (data, name) = (self.name("Data"), self.name("Name"));
        let child = |(index, (field, kind)): (usize, (&&str, &u8))| Element {
            name: data,
            depends: NEVER,
            attributes: vec![(name, Part::Text((*field).to_owned()))],
            content: value(index, *kind, false),
        };
        let children = fields.iter().zip(kinds).enumerate().map(child).collect();
        self.element("EventData", NEVER, &[], Content::Elements(children))
    }

    fn user_data(&mut self, root: &str, provider: Provider, fields: &[&str], kinds: &[u8]) -> Element {
        let mut children = Vec::new();
        for (index, (field, kind)) in fields.iter().zip(kinds).enumerate() {
            children.push(self.element(field, NEVER, &[], value(index, *kind, false)));
        }
        let namespace = match provider {
            Provider::LocalSession | Provider::RemoteConnection => "Event_NS",
            _ => LOG_NS,
        };
        self.element(root, NEVER, &[("xmlns", text(namespace))], Content::Elements(children))
    }

    /// The outer template of `computer`: the name stands in it as text, so each computer has its own.
    pub fn outer(&mut self, provider: Provider, shape: Outer, computer: &str) -> OuterId {
        // Windows writes its own Eventlog events in the literal shape.
        let shape = match provider {
            Provider::Eventlog | Provider::EventlogSystem => Outer::Literal,
            Provider::Audit => shape,
            _ => Outer::Values,
        };
        let (name, id, channel) = provider.identity();
        let sub = |index, kind| Part::Substitution { index, kind, optional: true };
        let one = |index, kind| Content::Part(sub(index, kind));
        let (provider_name, provider_guid, channel) = match shape {
            Outer::Values => (sub(14, kind::STRING), sub(15, kind::GUID), (16, one(16, kind::STRING))),
            Outer::Literal => (text(name), text(&format!("{{{id}}}")), (NEVER, Content::Part(text(channel)))),
        };
        let (related, nested) = if shape == Outer::Values { (13, 17) } else { (18, 19) };
        let execution = [("ProcessID", sub(8, kind::U32)), ("ThreadID", sub(9, kind::U32))];
        let correlation =
            [("ActivityID", sub(7, kind::GUID)), ("RelatedActivityID", sub(related, kind::GUID))];
        let system = vec![
            self.element(
                "Provider",
                NEVER,
                &[("Name", provider_name), ("Guid", provider_guid)],
                Content::Closed,
            ),
            self.element("EventID", 3, &[("Qualifiers", sub(4, kind::U16))], one(3, kind::U16)),
            self.element("Version", 11, &[], one(11, kind::U8)),
            self.element("Level", 0, &[], one(0, kind::U8)),
            self.element("Task", 2, &[], one(2, kind::U16)),
            self.element("Opcode", 1, &[], one(1, kind::U8)),
            self.element("Keywords", 5, &[], one(5, kind::HEX64)),
            self.element("TimeCreated", NEVER, &[("SystemTime", sub(6, kind::FILETIME))], Content::Closed),
            self.element("EventRecordID", 10, &[], one(10, kind::U64)),
            self.element("Correlation", NEVER, &correlation, Content::Closed),
            self.element("Execution", NEVER, &execution, Content::Closed),
            self.element("Channel", channel.0, &[], channel.1),
            self.element("Computer", NEVER, &[], Content::Part(text(computer))),
            self.element("Security", NEVER, &[("UserID", sub(12, kind::SID))], Content::Closed),
        ];
        let system = self.element("System", NEVER, &[], Content::Elements(system));
        let body = sub(nested, kind::BINXML);
        let (depends, content) = if provider == Provider::Audit {
            (nested, Content::ElementsThen(vec![system], body))
        } else {
            let data = self.element("UserData", nested, &[], Content::Part(body));
            (NEVER, Content::Elements(vec![system, data]))
        };
        let root = self.element("Event", depends, &[("xmlns", text(EVENT_NS))], content);
        let (mut tail, mut tail_texts) = (Vec::new(), Vec::new());
        if shape == Outer::Values {
            let channel = provider.identity().2;
            tail_texts = vec![Some(name.to_owned()), Some(guid_text(&guid(id))), Some(channel.to_owned())];
            push_utf16(&mut tail, name);
            tail.extend_from_slice(&guid(id));
            push_utf16(&mut tail, channel);
        }
        let template = self.add(root, None);
        self.outers.push(OuterTemplate { template, provider, shape, tail, tail_texts });
        OuterId((self.outers.len() - 1) as u16)
    }

    fn element(
        &mut self,
        name: &str,
        depends: u16,
        attributes: &[(&str, Part)],
        content: Content,
    ) -> Element {
        let name = self.name(name);
        let attributes = attributes.iter().map(|(n, part)| (self.name(n), part.clone())).collect();
        Element { name, depends, attributes, content }
    }

    fn name(&mut self, text: &str) -> NameId {
        let mut utf16 = Vec::new();
        push_utf16(&mut utf16, text);
        if let Some(at) = self.names.iter().position(|n| n.utf16 == utf16) {
            return NameId(at as u16);
        }
        let hash = hash(&utf16) as u16;
        self.names.push(Name { utf16, hash });
        NameId((self.names.len() - 1) as u16)
    }

    fn add(&mut self, root: Element, known: Option<[u8; 16]>) -> TemplateId {
        let bound = 24 + 4 + 1 + self.bound(&root);
        let guid = known.unwrap_or_else(|| derive(&root, self));
        self.templates.push(Template { guid, bucket: hash(&guid) as usize % 32, root, bound });
        TemplateId(u16::try_from(self.templates.len() - 1).expect("at most 65 536 templates"))
    }

    fn bound(&self, element: &Element) -> usize {
        let name = |n: NameId| 4 + 10 + self.names[usize::from(n.0)].utf16.len();
        let part = |p: &Part| match p {
            Part::Text(text) => 4 + 2 * text.encode_utf16().count(),
            Part::Substitution { .. } => 4,
        };
        let attributes: usize = element.attributes.iter().map(|(n, p)| 1 + name(*n) + part(p)).sum();
        let content = match &element.content {
            Content::Closed => 0,
            Content::Part(p) => part(p),
            Content::Elements(list) => list.iter().map(|e| self.bound(e)).sum(),
            Content::ElementsThen(list, p) => list.iter().map(|e| self.bound(e)).sum::<usize>() + part(p),
        };
        1 + 2 + 4 + name(element.name) + 4 + attributes + content + 2
    }
}

/// The hash of names and template GUIDs in the chunk's tables: `h = h * 65599 + unit` over UTF-16 units.
pub fn hash(utf16: &[u8]) -> u32 {
    let unit = |c: &[u8]| u32::from(u16::from_le_bytes([c[0], c[1]]));
    utf16.chunks_exact(2).fold(0, |h: u32, c| h.wrapping_mul(65_599).wrapping_add(unit(c)))
}

/// A stable identifier for a body whose GUID nobody has told us: 128-bit FNV-1a of its description.
fn derive(root: &Element, catalog: &Catalog) -> [u8; 16] {
    fn describe(e: &Element, catalog: &Catalog, out: &mut Vec<u8>) {
        let part = |p: &Part, out: &mut Vec<u8>| match p {
            Part::Text(text) => push_utf16(out, text),
            Part::Substitution { index, kind, .. } => out.extend([1, *index as u8, *kind]),
        };
        out.extend_from_slice(&catalog.names[usize::from(e.name.0)].utf16);
        for (name, p) in &e.attributes {
            out.extend_from_slice(&catalog.names[usize::from(name.0)].utf16);
            part(p, out);
        }
        match &e.content {
            Content::Closed => out.push(2),
            Content::Part(p) => part(p, out),
            Content::Elements(list) => list.iter().for_each(|e| describe(e, catalog, out)),
            Content::ElementsThen(list, p) => {
                list.iter().for_each(|e| describe(e, catalog, out));
                part(p, out);
            }
        }
    }
    let mut bytes = Vec::new();
    describe(root, catalog, &mut bytes);
    let step = |h: u128, b: &u8| (h ^ u128::from(*b)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    bytes.iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, step).to_le_bytes()
}

fn field(text: &'static str) -> (&'static str, u8) {
    let (name, kind) = text.split_once(':').unwrap_or((text, ""));
    let kind = match kind {
        "sid" => kind::SID,
        "hex64" => kind::HEX64,
        "hex32" => kind::HEX32,
        "guid" => kind::GUID,
        "u32" => kind::U32,
        "u64" => kind::U64,
        "size_t" => kind::SIZE_T,
        "time" => kind::FILETIME,
        _ => kind::STRING,
    };
    (name, kind)
}

fn text(value: &str) -> Part {
    Part::Text(value.to_owned())
}

fn value(index: usize, kind: u8, optional: bool) -> Content {
    Content::Part(Part::Substitution { index: index as u16, kind, optional })
}
