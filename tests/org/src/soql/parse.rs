//! The grammar: a descent over the tokens.
//!
//! It never looks at the schema: a well-formed query for nonsense is well-formed.

use super::malformed;
use super::tokens::{Token, tokens};
use crate::error::ApiError;

/// A query.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What is selected.
    pub select: Vec<Item>,
    /// The object, or the child relationship of a subquery.
    pub from: String,
    /// Names that stand for a path: `FROM User u, u.Profile p`.
    pub aliases: Vec<(String, String)>,
    /// USING SCOPE.
    pub scope: Option<String>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// GROUP BY.
    pub group: Vec<Operand>,
    /// GROUP BY ROLLUP or CUBE.
    pub totals: Totals,
    /// HAVING.
    pub having: Option<Expr>,
    /// ORDER BY.
    pub order: Vec<Order>,
    /// LIMIT.
    pub limit: Option<usize>,
    /// OFFSET.
    pub offset: usize,
}

/// Which totals a grouping has beside its groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Totals {
    /// None.
    #[default]
    None,
    /// ROLLUP: of each beginning of the list.
    Rollup,
    /// CUBE: of each choice from the list.
    Cube,
}

/// One item of SELECT.
#[derive(Debug, Clone)]
pub enum Item {
    /// A field, by its path, with an alias.
    Field(String, Option<String>),
    /// `COUNT(Id)` and its like: function, field, alias.
    Call(String, Option<String>, Option<String>),
    /// `FIELDS(STANDARD)` and its like.
    Fields(String),
    /// A child subquery.
    Child(Box<Query>),
    /// TYPEOF: relationship, fields by type, fields otherwise.
    TypeOf(String, Vec<(String, Vec<String>)>, Vec<String>),
}

/// ORDER BY one thing.
#[derive(Debug, Clone)]
pub struct Order {
    /// A field's path, or a call.
    pub by: Operand,
    /// Descending.
    pub down: bool,
    /// Where nulls go; first when nothing is said.
    pub nulls_last: bool,
}

/// What a comparison, a grouping or an order is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A field's path.
    Field(String),
    /// Function, in capitals, and field.
    Call(String, Option<String>),
}

/// A condition.
#[derive(Debug, Clone)]
pub enum Expr {
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// Not.
    Not(Box<Expr>),
    /// Left, operator, right.
    Compare(Operand, String, Literal),
    /// IN or NOT IN a list.
    In(Operand, bool, Vec<Literal>),
    /// INCLUDES, or negated EXCLUDES.
    Includes(String, bool, Vec<Literal>),
    /// IN or NOT IN the rows of a query.
    Semi(String, bool, Box<Query>),
}

/// A value in the text.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// In quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// true or false.
    Bool(bool),
    /// null.
    Null,
    /// A date or dateTime as written, or a date literal such as `LAST_N_DAYS:30`.
    Date(String),
}

/// Words that end a list of names.
const CLAUSES: &[&str] = &[
    "FROM", "USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL",
    "AS",
];

/// Whose permissions a query is held to.
const MODES: &[&str] = &["USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED"];

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, usize)>,
    at: usize,
}

/// The longest query: the platform's limit.
const MOST: usize = 100_000;

/// Reads a query.
pub fn query(text: &str) -> Result<Query, ApiError> {
    if text.chars().count() > MOST {
        let message = "SOQL statements cannot be longer than 100000 characters.";
        return Err(ApiError::new(400, "QUERY_TOO_COMPLICATED", message));
    }
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0 };
    let query = parser.query(0)?;
    if parser.at < parser.tokens.len() {
        return Err(parser.unexpected());
    }
    Ok(query)
}

impl Parser<'_> {
    fn query(&mut self, depth: usize) -> Result<Query, ApiError> {
        if depth > 5 {
            return Err(self.error("maximum 5 levels of nested queries are allowed"));
        }
        let mut query = Query::default();
        self.word("SELECT")?;
        query.select = self.list(|parser| parser.item(depth))?;
        self.word("FROM")?;
        self.from(&mut query)?;
        if self.take("USING") {
            self.word("SCOPE")?;
            query.scope = Some(self.name()?);
        }
        if self.take("WHERE") {
            query.filter = Some(self.condition(depth, 0)?);
        }
        self.with(depth)?;
        if self.take("GROUP") {
            self.word("BY")?;
            self.grouping(&mut query)?;
        }
        if self.take("HAVING") {
            query.having = Some(self.condition(depth, 0)?);
        }
        if self.take("ORDER") {
            self.word("BY")?;
            query.order = self.list(Self::order)?;
        }
        if self.take("LIMIT") {
            query.limit = Some(self.count()?);
        }
        if self.take("OFFSET") {
            query.offset = self.count()?;
            if query.offset > 2_000 {
                let message = "Maximum SOQL offset allowed is 2000";
                return Err(ApiError::new(400, "NUMBER_OUTSIDE_VALID_RANGE", message));
            }
        }
        self.endings()?;
        Ok(query)
    }

    /// `User u`, `User AS u`, `User u, u.Profile p`.
    fn from(&mut self, query: &mut Query) -> Result<(), ApiError> {
        query.from = self.name()?;
        let mut path = String::new();
        loop {
            if let Some(alias) = self.alias() {
                query.aliases.push((alias, path.clone()));
            } else if !path.is_empty() {
                return Err(self.unexpected());
            }
            if !self.sign(",") {
                return Ok(());
            }
            let next = self.name()?;
            let (first, rest) = next.split_once('.').ok_or_else(|| self.unexpected())?;
            let base = query.aliases.iter().find(|(name, _)| name.eq_ignore_ascii_case(first));
            let base = base.ok_or_else(|| self.unexpected())?.1.clone();
            path = if base.is_empty() { rest.to_owned() } else { format!("{base}.{rest}") };
        }
    }

    /// `WITH USER_MODE` and its like: the API reads as the user in any case. Observed: released clients send it.
    fn with(&mut self, depth: usize) -> Result<(), ApiError> {
        if self.take("WITH") && !(depth == 0 && MODES.iter().any(|mode| self.take(mode))) {
            return Err(self.unexpected());
        }
        Ok(())
    }

    fn grouping(&mut self, query: &mut Query) -> Result<(), ApiError> {
        for (word, totals) in [("ROLLUP", Totals::Rollup), ("CUBE", Totals::Cube)] {
            let called = matches!(self.tokens.get(self.at + 1), Some((Token::Sign(s), _)) if s == "(");
            if self.is_word(word) && called {
                self.at += 2;
                query.totals = totals;
                query.group = self.list(Self::operand)?;
                if query.group.len() > 3 {
                    return Err(self.error(&format!("GROUP BY {word} allows at most 3 fields")));
                }
                return self.close();
            }
        }
        query.group = self.list(Self::operand)?;
        Ok(())
    }

    /// FOR VIEW and its like, which leave the rows as they are.
    fn endings(&mut self) -> Result<(), ApiError> {
        loop {
            if self.take("FOR") {
                if !["VIEW", "REFERENCE", "UPDATE"].iter().any(|word| self.take(word)) {
                    return Err(self.unexpected());
                }
            } else if self.take("UPDATE") {
                if !["TRACKING", "VIEWSTAT"].iter().any(|word| self.take(word)) {
                    return Err(self.unexpected());
                }
            } else if self.is_word("ALL") {
                return Err(self.error("ALL ROWS not allowed in this context"));
            } else {
                return Ok(());
            }
        }
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, ApiError>) -> Result<Vec<T>, ApiError> {
        let mut all = vec![one(self)?];
        while self.sign(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn item(&mut self, depth: usize) -> Result<Item, ApiError> {
        if self.sign("(") {
            let child = self.query(depth + 1)?;
            self.close()?;
            return Ok(Item::Child(Box::new(child)));
        }
        if self.is_word("TYPEOF") {
            return self.type_of();
        }
        if self.is_word("FROM") {
            return Err(self.unexpected());
        }
        let name = self.name()?;
        if !self.sign("(") {
            return Ok(Item::Field(name, self.alias()));
        }
        if name.eq_ignore_ascii_case("FIELDS") {
            let which = self.name()?.to_uppercase();
            self.close()?;
            return Ok(Item::Fields(which));
        }
        let field = self.inside()?;
        Ok(Item::Call(name.to_uppercase(), field, self.alias()))
    }

    /// What a call is about, after its opening parenthesis: a field, a call of a field, or nothing.
    fn inside(&mut self) -> Result<Option<String>, ApiError> {
        if self.sign(")") {
            return Ok(None);
        }
        let mut field = self.name()?;
        // convertTimezone(CreatedDate), FORMAT(MIN(CreatedDate)): the field inside.
        let mut open = 1;
        while self.sign("(") {
            open += 1;
            if open > 3 {
                return Err(self.unexpected());
            }
            field = self.name()?;
        }
        for _ in 0..open {
            self.close()?;
        }
        Ok(Some(field))
    }

    fn type_of(&mut self) -> Result<Item, ApiError> {
        self.word("TYPEOF")?;
        let relation = self.name()?;
        let mut cases = vec![];
        while self.take("WHEN") {
            let kind = self.name()?;
            self.word("THEN")?;
            cases.push((kind, self.list(Self::name)?));
        }
        if cases.is_empty() {
            return Err(self.unexpected());
        }
        let otherwise = if self.take("ELSE") { self.list(Self::name)? } else { vec![] };
        self.word("END")?;
        Ok(Item::TypeOf(relation, cases, otherwise))
    }

    fn alias(&mut self) -> Option<String> {
        if self.is_word("AS") {
            self.at += 1;
        }
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _))
                if !CLAUSES.iter().any(|clause| word.eq_ignore_ascii_case(clause)) =>
            {
                let word = word.clone();
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    fn order(&mut self) -> Result<Order, ApiError> {
        let by = self.operand()?;
        let down = self.is_word("DESC");
        if down || self.is_word("ASC") {
            self.at += 1;
        }
        let mut nulls_last = false;
        if self.take("NULLS") {
            nulls_last = self.is_word("LAST");
            if !nulls_last && !self.is_word("FIRST") {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(Order { by, down, nulls_last })
    }

    fn operand(&mut self) -> Result<Operand, ApiError> {
        let name = self.name()?;
        if !self.sign("(") {
            return Ok(Operand::Field(name));
        }
        Ok(Operand::Call(name.to_uppercase(), self.inside()?))
    }

    /// Conditions joined by one word: AND and OR are not mixed without parentheses.
    fn condition(&mut self, depth: usize, level: usize) -> Result<Expr, ApiError> {
        if level > 60 {
            return Err(self.error("the condition is nested too deeply"));
        }
        let mut parts = vec![self.one(depth, level)?];
        let or = self.is_word("OR");
        let joint = if or { "OR" } else { "AND" };
        while self.take(joint) {
            parts.push(self.one(depth, level)?);
        }
        if self.is_word("AND") || self.is_word("OR") {
            return Err(self.unexpected());
        }
        Ok(match (parts.len(), or) {
            (1, _) => parts.remove(0),
            (_, true) => Expr::Or(parts),
            (_, false) => Expr::And(parts),
        })
    }

    fn one(&mut self, depth: usize, level: usize) -> Result<Expr, ApiError> {
        if level > 60 {
            return Err(self.error("the condition is nested too deeply"));
        }
        if self.take("NOT") {
            return Ok(Expr::Not(Box::new(self.one(depth, level + 1)?)));
        }
        if self.sign("(") {
            let inner = self.condition(depth, level + 1)?;
            self.close()?;
            return Ok(inner);
        }
        let operand = self.operand()?;
        let negated = self.take("NOT");
        if self.take("IN") {
            return self.is_in(operand, negated, depth);
        }
        for (word, excluded) in [("INCLUDES", false), ("EXCLUDES", true)] {
            if !negated && self.take(word) {
                let Operand::Field(field) = operand else { return Err(self.unexpected()) };
                self.open()?;
                let list = self.list(Self::literal)?;
                self.close()?;
                return Ok(Expr::Includes(field, excluded, list));
            }
        }
        let operator = match self.tokens.get(self.at) {
            Some((Token::Sign(sign), _)) if !negated && !matches!(sign.as_str(), "(" | ")" | ",") => {
                sign.clone()
            }
            Some((Token::Word(word), _)) if !negated && word.eq_ignore_ascii_case("LIKE") => "LIKE".into(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(Expr::Compare(operand, operator, self.literal()?))
    }

    fn is_in(&mut self, operand: Operand, negated: bool, depth: usize) -> Result<Expr, ApiError> {
        self.open()?;
        if self.is_word("SELECT") {
            let Operand::Field(field) = operand else { return Err(self.unexpected()) };
            let query = self.query(depth + 1)?;
            self.close()?;
            return Ok(Expr::Semi(field, negated, Box::new(query)));
        }
        let list = self.list(Self::literal)?;
        self.close()?;
        Ok(Expr::In(operand, negated, list))
    }

    fn literal(&mut self) -> Result<Literal, ApiError> {
        let Some((token, _)) = self.tokens.get(self.at).cloned() else { return Err(self.unexpected()) };
        let literal = match token {
            Token::Text(text) => Literal::Text(text),
            Token::Sign(_) => return Err(self.unexpected()),
            Token::Word(word) => match word.to_lowercase().as_str() {
                "null" => Literal::Null,
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                lower if lower.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                    match lower.parse::<f64>() {
                        Ok(number) if number.is_finite() => Literal::Number(number),
                        _ if super::dates::moment(&word).is_some() => Literal::Date(word),
                        _ => return Err(self.unexpected()),
                    }
                }
                _ if super::dates::span(&word).is_some() => Literal::Date(word),
                _ => return Err(self.unexpected()),
            },
        };
        self.at += 1;
        Ok(literal)
    }

    fn count(&mut self) -> Result<usize, ApiError> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) if word.bytes().all(|b| b.is_ascii_digit()) && word.len() < 10 => {
                let n = word.parse().unwrap_or(0);
                self.at += 1;
                Ok(n)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn name(&mut self) -> Result<String, ApiError> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _))
                if word.starts_with(|c: char| c.is_ascii_alphabetic())
                    && !word.contains([':', '+', '-'])
                    && word.split('.').all(|part| !part.is_empty()) =>
            {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Word(w), _)) if w.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> Result<(), ApiError> {
        if self.take(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some((Token::Sign(s), _)) if s == sign);
        self.at += usize::from(is);
        is
    }

    fn open(&mut self) -> Result<(), ApiError> {
        if self.sign("(") {
            Ok(())
        } else {
            Err(self.error(&format!("expecting a left parentheses, found {}", self.shown())))
        }
    }

    fn close(&mut self) -> Result<(), ApiError> {
        if self.sign(")") {
            Ok(())
        } else {
            Err(self.error(&format!("expecting a right parentheses, found {}", self.shown())))
        }
    }

    fn shown(&self) -> String {
        match self.tokens.get(self.at) {
            None => "'<EOF>'".into(),
            Some((Token::Word(word) | Token::Sign(word), _)) => format!("'{word}'"),
            Some((Token::Text(text), _)) => format!("'{text}'"),
        }
    }

    fn unexpected(&self) -> ApiError {
        self.error(&format!("unexpected token: {}", self.shown()))
    }

    fn error(&self, message: &str) -> ApiError {
        let at = self.tokens.get(self.at).map_or_else(|| self.text.chars().count(), |(_, at)| *at);
        malformed(self.text, at, message)
    }
}
