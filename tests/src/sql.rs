//! The database as an administrator reaches it: past the application and past the store.

use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::harness::{Backend, Site};

impl Site {
    /// Runs SQL.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sql(&self, sql: &str) -> Result<u64, String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.backend {
            Backend::Sqlite => {
                let options = SqliteConnectOptions::from_str(&self.url).expect("a URL").foreign_keys(true);
                let mut direct = SqliteConnection::connect_with(&options).await.expect("a direct connection");
                let done = direct.execute(sql).await.map(|d| d.rows_affected()).map_err(|e| e.to_string());
                direct.close().await.expect("the connection closes");
                done
            }
            Backend::Postgres => {
                let mut direct = PgConnection::connect(&self.url).await.expect("a direct connection");
                let done = direct.execute(sql).await.map(|d| d.rows_affected()).map_err(|e| e.to_string());
                direct.close().await.expect("the connection closes");
                done
            }
        }
    }

    /// Takes away what keeps events from being changed, as an administrator could.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn past_triggers(&self) {
        self.past_triggers_of("events").await;
    }

    /// The same of another table.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn past_triggers_of(&self, table: &str) {
        let sql = match self.backend {
            Backend::Sqlite => format!("DROP TRIGGER {table}_no_update"),
            Backend::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
        };
        self.sql(&sql).await.expect("an administrator may");
    }

    /// A byte string as this database writes it.
    pub fn bytes(&self, hex: &str) -> String {
        match self.backend {
            Backend::Sqlite => format!("x'{hex}'"),
            Backend::Postgres => format!("'\\x{hex}'"),
        }
    }
}
