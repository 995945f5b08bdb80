//! Where in the XML of an event we are, and so which field a value belongs to.
//!
//! ```text
//! Event / System / EventID                         → EventID
//! Event / System / Provider @Name                  → Provider
//! Event / System / TimeCreated @SystemTime         → TimeCreated
//! Event / EventData / Data @Name="LogonType"       → LogonType
//! Event / UserData / LogFileCleared / SubjectUserName → SubjectUserName
//! Event / RenderingInfo / …                        → nothing (a forwarded event's rendered copy)
//! ```

use super::token::{Broken, Cause};
use crate::event::Field;

/// What kind of element is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Outside,
    Event,
    System,
    EventData,
    UserData,
    /// Inside the one element of `UserData`.
    UserBody,
    /// An element whose text is a value; `None` for one that is not kept.
    Value(Option<Field>),
    /// A `Data` element before its name is known.
    Data,
    Ignored,
}

#[derive(Clone, Copy, PartialEq)]
enum Attribute {
    /// The value of `Data @Name`.
    DataName,
    Field(Field),
    Ignored,
}

/// Follows elements and attributes; tells the target of the text or substitution at hand.
pub struct Locator {
    stack: Vec<Place>,
    /// Name of the element opened last, kept until its start tag closes.
    element: String,
    attribute: Option<Attribute>,
    data_name: String,
}

/// Deeper than any event's XML.
const MAX_DEPTH: usize = 32;

impl Locator {
    /// Starts inside `place`, as the content of a nested fragment does.
    pub fn new(place: Place) -> Self {
        Self { stack: vec![place], element: String::new(), attribute: None, data_name: String::new() }
    }

    pub fn place(&self) -> Place {
        self.stack.last().copied().unwrap_or(Place::Ignored)
    }

    pub fn open(&mut self, name: &str, at: usize) -> Result<(), Broken> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Broken { at, what: Cause::TooDeep });
        }
        self.attribute = None;
        self.element.clear();
        self.element.push_str(name);
        let place = match (self.place(), name) {
            (Place::Outside, "Event") => Place::Event,
            (Place::Event, "System") => Place::System,
            (Place::Outside | Place::Event | Place::EventData, "EventData") => Place::EventData,
            (Place::Outside | Place::Event | Place::UserData, "UserData") => Place::UserData,
            (Place::System, _) => Place::Value(match name {
                "EventID" => Some(Field::EventID),
                "Version" => Some(Field::Version),
                "EventRecordID" => Some(Field::EventRecordID),
                "Channel" => Some(Field::Channel),
                "Computer" => Some(Field::Computer),
                _ => None,
            }),
            (Place::EventData, "Data") => Place::Data,
            (Place::UserData, _) => Place::UserBody,
            (Place::UserBody, _) => Place::Value(Field::from_data_name(name)),
            _ => Place::Ignored,
        };
        self.stack.push(place);
        Ok(())
    }

    pub fn attribute(&mut self, name: &str) {
        self.end_attribute();
        self.attribute = Some(match (self.place(), self.element.as_str(), name) {
            (Place::Value(_), "Provider", "Name") => Attribute::Field(Field::Provider),
            (Place::Value(_), "TimeCreated", "SystemTime") => Attribute::Field(Field::TimeCreated),
            (Place::Data, _, "Name") => {
                self.data_name.clear();
                Attribute::DataName
            }
            _ => Attribute::Ignored,
        });
    }

    /// The start tag's `>`.
    pub fn close_start(&mut self) {
        self.end_attribute();
        self.element.clear();
    }

    pub fn close(&mut self) {
        self.attribute = None;
        // The place we started in stays, however many ends a damaged record has.
        if self.stack.len() > 1 {
            self.stack.pop();
        }
    }

    /// The field that text or a value here belongs to.
    pub fn target(&self) -> Option<Field> {
        match (self.attribute, self.place()) {
            (Some(Attribute::Field(f)), _) => Some(f),
            (Some(_), _) => None,
            (None, Place::Value(f)) => f,
            (None, _) => None,
        }
    }

    /// Where the name of a `Data` element is collected, if that is what comes now.
    pub fn data_name(&mut self) -> Option<&mut String> {
        (self.attribute == Some(Attribute::DataName)).then_some(&mut self.data_name)
    }

    fn end_attribute(&mut self) {
        if self.attribute.take() == Some(Attribute::DataName)
            && let Some(place) = self.stack.last_mut()
        {
            *place = Place::Value(Field::from_data_name(&self.data_name));
        }
    }
}
