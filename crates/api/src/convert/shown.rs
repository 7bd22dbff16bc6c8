//! From what the domain holds to what the schema shows: structs whose members have the same names on both sides.

use jiff::civil;

use super::scalars::{Date, Long};
use super::words::Word;

/// A value of the domain that the schema shows as a `T`.
pub trait Shown<T> {
    /// The value as shown.
    fn shown(self) -> T;
}

macro_rules! as_it_is {
    ($($kind:ty),*) => {$(
        impl Shown<$kind> for $kind {
            fn shown(self) -> $kind {
                self
            }
        }
    )*};
}

as_it_is!(String, bool, u32);

impl Shown<Date> for civil::Date {
    fn shown(self) -> Date {
        Date(self)
    }
}

impl Shown<Long> for u64 {
    fn shown(self) -> Long {
        Long(self)
    }
}

impl<W: super::Words> Shown<Word<W>> for W {
    fn shown(self) -> Word<W> {
        Word(self)
    }
}

impl<A, T: Shown<A>> Shown<Option<A>> for Option<T> {
    fn shown(self) -> Option<A> {
        self.map(Shown::shown)
    }
}

impl<A, T: Shown<A>> Shown<Vec<A>> for Vec<T> {
    fn shown(self) -> Vec<A> {
        self.into_iter().map(Shown::shown).collect()
    }
}

/// Declares output types with the members of structs of the domain, all of them.
macro_rules! shown {
    ($($(#[$doc:meta])* $name:ident of $from:path { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $crate::convert::Shown<$name> for $from {
            fn shown(self) -> $name {
                let Self { $($field),* } = self;
                $name { $($field: $crate::convert::Shown::shown($field)),* }
            }
        }
    )*};
}

/// Declares inputs with the members of structs of the domain; members after `;` are not given by people.
macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident for $to:path {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
        $(; $($more:ident: $value:expr,)*)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, async_graphql::InputObject)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $crate::convert::Given<$to> for $name {
            fn given(self, at: &str) -> Result<$to, dingce_domain::rejection::Rejection> {
                use $to as Made;
                let Self { $($field),* } = self;
                Ok(Made {
                    $($field: $crate::convert::Given::given($field, &format!("{at}.{}", stringify!($field)))?,)*
                    $($($more: $value,)*)?
                })
            }
        }
    )*};
}

pub(crate) use {inputs, shown};
