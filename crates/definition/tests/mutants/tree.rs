//! A definition as a tree whose order is kept: what mutants are cut from.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    pub fn read(text: &str) -> Self {
        serde_saphyr::from_str(text).unwrap()
    }

    /// As YAML on one line: the part of it that is JSON.
    pub fn write(&self) -> String {
        let list = |items: Vec<String>, open, close| format!("{open}{}{close}", items.join(", "));
        match self {
            Self::Null => "null".into(),
            Self::Bool(b) => b.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => serde_json::Value::from(t.as_str()).to_string(),
            Self::List(items) => list(items.iter().map(Self::write).collect(), '[', ']'),
            Self::Map(entries) => {
                let pair = |(k, v): &(String, Self)| format!("{}: {}", serde_json::Value::from(k.as_str()), v.write());
                list(entries.iter().map(pair).collect(), '{', '}')
            }
        }
    }

    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn texts(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|t| Self::text(t)).collect())
    }

    /// What stands at a path such as `clocks.comment_period.kind`; items of lists by number.
    pub fn get(&self, path: &str) -> Option<&Self> {
        path.split('.').filter(|p| !p.is_empty()).try_fold(self, |node, key| match node {
            Self::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            Self::List(items) => key.parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => None,
        })
    }

    fn get_mut(&mut self, path: &str) -> &mut Self {
        path.split('.').filter(|p| !p.is_empty()).fold(self, |node, key| match node {
            Self::Map(entries) => &mut entries.iter_mut().find(|(k, _)| k == key).expect(path).1,
            Self::List(items) => &mut items[key.parse::<usize>().unwrap()],
            other => panic!("{path}: {other:?}"),
        })
    }

    /// Names of what stands at a path, in their order; none where nothing does.
    pub fn names(&self, path: &str) -> Vec<String> {
        match self.get(path) {
            Some(Self::Map(entries)) => entries.iter().map(|(k, _)| k.clone()).collect(),
            Some(Self::List(items)) => (0..items.len()).map(|i| i.to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// Words of the list at a path.
    pub fn words(&self, path: &str) -> Vec<String> {
        match self.get(path) {
            Some(Self::List(items)) => items.iter().filter_map(Self::as_text).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(t) = self { Some(t) } else { None }
    }

    /// The same with something else at a path, which is added where it is not there.
    #[must_use]
    pub fn with(&self, path: &str, value: Self) -> Self {
        let mut tree = self.clone();
        let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
        match tree.get_mut(above) {
            Self::Map(entries) => match entries.iter_mut().find(|(k, _)| k == key) {
                Some((_, old)) => *old = value,
                None => entries.push((key.to_owned(), value)),
            },
            Self::List(items) => items[key.parse::<usize>().unwrap()] = value,
            other => panic!("{path}: {other:?}"),
        }
        tree
    }

    /// The same without what stands at a path.
    #[must_use]
    pub fn without(&self, path: &str) -> Self {
        let mut tree = self.clone();
        let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
        match tree.get_mut(above) {
            Self::Map(entries) => {
                let there = entries.len();
                entries.retain(|(k, _)| k != key);
                assert_eq!(entries.len() + 1, there, "{path}");
            }
            Self::List(items) => drop(items.remove(key.parse::<usize>().unwrap())),
            other => panic!("{path}: {other:?}"),
        }
        tree
    }

    /// The same with a word more in the list at a path.
    #[must_use]
    pub fn and(&self, path: &str, word: &str) -> Self {
        let mut words = self.words(path);
        words.push(word.to_owned());
        self.with(path, Self::List(words.into_iter().map(Self::Text).collect()))
    }

    /// The same without a word of the list at a path.
    #[must_use]
    pub fn but(&self, path: &str, word: &str) -> Self {
        let words = self.words(path).into_iter().filter(|w| w != word).map(Self::Text).collect();
        self.with(path, Self::List(words))
    }

    /// The same with two neighbours of a mapping in the other order.
    #[must_use]
    pub fn swapped(&self, path: &str, first: usize) -> Self {
        let mut tree = self.clone();
        if let Self::Map(entries) = tree.get_mut(path) {
            entries.swap(first, first + 1);
        }
        tree
    }

    /// Every path at which a mapping with this key stands, with the key.
    pub fn all(&self, key: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.walk(String::new(), &mut |path| {
            if path.rsplit('.').next() == Some(key) {
                found.push(path.to_owned());
            }
        });
        found
    }

    fn walk(&self, path: String, seen: &mut dyn FnMut(&str)) {
        seen(&path);
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match self {
            Self::Map(entries) => entries.iter().for_each(|(k, v)| v.walk(below(k), seen)),
            Self::List(items) => items.iter().enumerate().for_each(|(i, v)| v.walk(below(&i.to_string()), seen)),
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Tree;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("YAML")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
                Ok(Tree::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
                Ok(Tree::Number(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
                Ok(Tree::Number(i64::try_from(value).unwrap()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
                Ok(Tree::text(value))
            }

            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Tree::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
                let mut map = Vec::new();
                while let Some((key, value)) = entries.next_entry::<String, Tree>()? {
                    map.push((key, value));
                }
                Ok(Tree::Map(map))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
