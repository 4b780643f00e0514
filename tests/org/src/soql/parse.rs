//! The grammar: a tokenizer and a descent over it.
//!
//! It never looks at the schema: a well-formed query for nonsense is well-formed.

use super::malformed;
use crate::error::ApiError;

/// A query.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What is selected.
    pub select: Vec<Item>,
    /// The object, or the child relationship of a subquery.
    pub from: String,
    /// WHERE.
    pub filter: Option<Expr>,
    /// GROUP BY.
    pub group: Vec<String>,
    /// HAVING.
    pub having: Option<Expr>,
    /// ORDER BY.
    pub order: Vec<Order>,
    /// LIMIT.
    pub limit: Option<usize>,
    /// OFFSET.
    pub offset: usize,
}

/// One item of SELECT.
#[derive(Debug, Clone)]
pub enum Item {
    /// A field, by its path, with an alias.
    Field(String, Option<String>),
    /// `COUNT(Id)` and its like: function, field, alias.
    Aggregate(String, Option<String>, Option<String>),
    /// `FIELDS(STANDARD)` and its like.
    Fields(String),
    /// A child subquery.
    Child(Box<Query>),
}

/// ORDER BY one thing.
#[derive(Debug, Clone)]
pub struct Order {
    /// A field's path, or an aggregate.
    pub by: Operand,
    /// Descending.
    pub down: bool,
    /// Where nulls go; first when ascending and nothing is said.
    pub nulls_last: bool,
}

/// What a comparison or an order is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A field's path.
    Field(String),
    /// Function and field.
    Aggregate(String, Option<String>),
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
    In(String, bool, Vec<Literal>),
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

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, usize)>,
    at: usize,
}

/// The most tokens that a query may have: the platform's limit is 100,000 characters.
const MOST: usize = 100_000;

/// Reads a query.
pub fn query(text: &str) -> Result<Query, ApiError> {
    if text.len() > MOST {
        return Err(ApiError::new(
            400,
            "MALFORMED_QUERY",
            "SOQL statements cannot be longer than 100000 characters.",
        ));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0 };
    let query = parser.query(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(query),
        Some((token, at)) => Err(malformed(text, *at, &format!("unexpected token: '{}'", shown(token)))),
    }
}

fn shown(token: &Token) -> &str {
    match token {
        Token::Word(word) | Token::Text(word) | Token::Sign(word) => word,
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ApiError> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut out = vec![];
    let mut i = 0;
    while let Some(&(at, c)) = chars.get(i) {
        let next = |n: usize| chars.get(i + n).map(|(_, c)| *c);
        if c.is_whitespace() {
            i += 1;
        } else if c == '\'' {
            let mut value = String::new();
            i += 1;
            loop {
                match chars.get(i).map(|(_, c)| *c) {
                    None => return Err(malformed(text, at, "unexpected end of string literal")),
                    Some('\'') => break,
                    Some('\\') => {
                        i += 1;
                        match chars.get(i).map(|(_, c)| *c) {
                            Some('n') => value.push('\n'),
                            Some('t') => value.push('\t'),
                            Some('r') => value.push('\r'),
                            Some(c @ ('\'' | '"' | '\\' | '_' | '%')) => value.push(c),
                            _ => {
                                return Err(malformed(
                                    text,
                                    at,
                                    "Invalid string literal. Illegal character sequence",
                                ));
                            }
                        }
                    }
                    Some(c) => value.push(c),
                }
                i += 1;
            }
            i += 1;
            out.push((Token::Text(value), at));
        } else if c.is_alphanumeric() || c == '_' || (c == '-' && next(1).is_some_and(|c| c.is_ascii_digit()))
        {
            let start = i;
            i += 1;
            while chars
                .get(i)
                .is_some_and(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '+'))
            {
                i += 1;
            }
            let word: String = chars.get(start..i).unwrap_or_default().iter().map(|(_, c)| *c).collect();
            out.push((Token::Word(word), at));
        } else {
            let pair: String = [Some(c), next(1)].into_iter().flatten().collect();
            let sign = if matches!(pair.as_str(), "<=" | ">=" | "!=" | "<>") { pair } else { c.to_string() };
            if !matches!(sign.as_str(), "<=" | ">=" | "!=" | "<>" | "=" | "<" | ">" | "(" | ")" | ",") {
                return Err(malformed(text, at, &format!("unexpected token: '{sign}'")));
            }
            i += sign.chars().count();
            out.push((Token::Sign(sign), at));
        }
    }
    Ok(out)
}

impl Parser<'_> {
    fn query(&mut self, depth: usize) -> Result<Query, ApiError> {
        if depth > 3 {
            return Err(self.error("too many nested queries"));
        }
        let mut query = Query::default();
        self.word("SELECT")?;
        loop {
            query.select.push(self.item(depth)?);
            if !self.sign(",") {
                break;
            }
        }
        self.word("FROM")?;
        query.from = self.name()?;
        if self.is_word("WHERE") {
            self.at += 1;
            query.filter = Some(self.any(depth, 0)?);
        }
        if self.is_word("GROUP") {
            self.at += 1;
            self.word("BY")?;
            loop {
                query.group.push(self.name()?);
                if !self.sign(",") {
                    break;
                }
            }
            if self.is_word("HAVING") {
                self.at += 1;
                query.having = Some(self.any(depth, 0)?);
            }
        }
        if self.is_word("ORDER") {
            self.at += 1;
            self.word("BY")?;
            loop {
                query.order.push(self.order()?);
                if !self.sign(",") {
                    break;
                }
            }
        }
        if self.is_word("LIMIT") {
            self.at += 1;
            query.limit = Some(self.count()?);
        }
        if self.is_word("OFFSET") {
            self.at += 1;
            query.offset = self.count()?;
        }
        Ok(query)
    }

    fn item(&mut self, depth: usize) -> Result<Item, ApiError> {
        if self.sign("(") {
            let child = self.query(depth + 1)?;
            self.close()?;
            return Ok(Item::Child(Box::new(child)));
        }
        let name = self.name()?;
        if self.sign("(") {
            if name.eq_ignore_ascii_case("FIELDS") {
                let which = self.name()?.to_uppercase();
                self.close()?;
                return Ok(Item::Fields(which));
            }
            let field = if self.is_sign(")") { None } else { Some(self.name()?) };
            self.close()?;
            return Ok(Item::Aggregate(name.to_uppercase(), field, self.alias()));
        }
        let alias = self.alias();
        Ok(Item::Field(name, alias))
    }

    fn alias(&mut self) -> Option<String> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) if !word.eq_ignore_ascii_case("FROM") => {
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
        if self.is_word("NULLS") {
            self.at += 1;
            nulls_last = self.is_word("LAST");
            if !nulls_last && !self.is_word("FIRST") {
                return Err(self.error("expecting FIRST or LAST"));
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
        let field = if self.is_sign(")") { None } else { Some(self.name()?) };
        self.close()?;
        Ok(Operand::Aggregate(name.to_uppercase(), field))
    }

    fn any(&mut self, depth: usize, level: usize) -> Result<Expr, ApiError> {
        if level > 60 {
            return Err(self.error("the condition is nested too deeply"));
        }
        let mut parts = vec![self.all(depth, level)?];
        while self.is_word("OR") {
            self.at += 1;
            parts.push(self.all(depth, level)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Or(parts) })
    }

    fn all(&mut self, depth: usize, level: usize) -> Result<Expr, ApiError> {
        let mut parts = vec![self.one(depth, level)?];
        while self.is_word("AND") {
            self.at += 1;
            parts.push(self.one(depth, level)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::And(parts) })
    }

    fn one(&mut self, depth: usize, level: usize) -> Result<Expr, ApiError> {
        if self.is_word("NOT") {
            self.at += 1;
            return Ok(Expr::Not(Box::new(self.one(depth, level + 1)?)));
        }
        if self.sign("(") {
            let inner = self.any(depth, level + 1)?;
            self.close()?;
            return Ok(inner);
        }
        let operand = self.operand()?;
        let negated = self.is_word("NOT");
        if negated {
            self.at += 1;
        }
        if self.is_word("IN") {
            self.at += 1;
            let Operand::Field(field) = operand else { return Err(self.error("unexpected token: 'IN'")) };
            if !self.sign("(") {
                return Err(self.error("expecting a left parentheses"));
            }
            if self.is_word("SELECT") {
                let query = self.query(depth + 1)?;
                self.close()?;
                return Ok(Expr::Semi(field, negated, Box::new(query)));
            }
            let mut list = vec![];
            loop {
                list.push(self.literal()?);
                if !self.sign(",") {
                    break;
                }
            }
            self.close()?;
            return Ok(Expr::In(field, negated, list));
        }
        let operator = match self.tokens.get(self.at) {
            Some((Token::Sign(sign), _)) if !negated && !matches!(sign.as_str(), "(" | ")" | ",") => {
                sign.clone()
            }
            Some((Token::Word(word), _)) if !negated && word.eq_ignore_ascii_case("LIKE") => "LIKE".into(),
            _ => return Err(self.error("unexpected token")),
        };
        self.at += 1;
        Ok(Expr::Compare(operand, operator, self.literal()?))
    }

    fn literal(&mut self) -> Result<Literal, ApiError> {
        let Some((token, _)) = self.tokens.get(self.at).cloned() else {
            return Err(self.error("unexpected end of query"));
        };
        let literal = match token {
            Token::Text(text) => Literal::Text(text),
            Token::Sign(_) => return Err(self.error("unexpected token")),
            Token::Word(word) => match word.to_lowercase().as_str() {
                "null" => Literal::Null,
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                lower => match lower.parse::<f64>() {
                    Ok(number) if number.is_finite() => Literal::Number(number),
                    _ if is_date(&word) => Literal::Date(word),
                    _ => return Err(self.error(&format!("unexpected token: '{word}'"))),
                },
            },
        };
        self.at += 1;
        Ok(literal)
    }

    fn count(&mut self) -> Result<usize, ApiError> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) if word.parse::<usize>().is_ok() => {
                let n = word.parse().unwrap_or(0);
                self.at += 1;
                Ok(n)
            }
            _ => Err(self.error("expecting a number")),
        }
    }

    fn name(&mut self) -> Result<String, ApiError> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.error("unexpected token")),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Word(w), _)) if w.eq_ignore_ascii_case(word))
    }

    fn word(&mut self, word: &str) -> Result<(), ApiError> {
        if self.is_word(word) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(&format!("expecting '{word}'")))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Sign(s), _)) if s == sign)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = self.is_sign(sign);
        self.at += usize::from(is);
        is
    }

    fn close(&mut self) -> Result<(), ApiError> {
        if self.sign(")") { Ok(()) } else { Err(self.error("expecting a right parentheses")) }
    }

    fn error(&self, message: &str) -> ApiError {
        let at = self.tokens.get(self.at).map_or(self.text.len(), |(_, at)| *at);
        malformed(self.text, at, message)
    }
}

fn is_date(word: &str) -> bool {
    let upper = word.to_uppercase();
    let literals = ["TODAY", "YESTERDAY", "TOMORROW", "THIS_", "LAST_", "NEXT_"];
    literals.iter().any(|start| upper.starts_with(start)) || (word.len() >= 10 && word.get(4..5) == Some("-"))
}
