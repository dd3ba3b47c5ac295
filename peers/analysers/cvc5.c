/* SMT-LIB on standard input -> what libcvc5 answers, on standard output: as much of the program `cvc5` as Cedar's analyser uses.
 *
 * For where there is the library and not the program, as in the wheel `cvc5` of PyPI. Unpacked:
 *   gcc -O2 -o cvc5 cvc5.c cvc5.libs/libcvc5parser-*.so.* cvc5.libs/libcvc5-*.so.* -Wl,-rpath,$PWD/cvc5.libs -Wl,--allow-shlib-undefined
 * Each command begins on a line of its own. What is declared of the library here is from its own header for C. */

#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Cvc5 Cvc5;
typedef struct Cvc5TermManager Cvc5TermManager;
typedef struct Cvc5SymbolManager Cvc5SymbolManager;
typedef struct Cvc5InputParser Cvc5InputParser;
typedef struct cvc5_cmd_t *Cvc5Command;

Cvc5TermManager *cvc5_term_manager_new(void);
Cvc5 *cvc5_new(Cvc5TermManager *);
void cvc5_delete(Cvc5 *);
void cvc5_set_option(Cvc5 *, const char *, const char *);
const char *cvc5_get_version(const Cvc5 *);
Cvc5SymbolManager *cvc5_symbol_manager_new(Cvc5TermManager *);
void cvc5_symbol_manager_delete(Cvc5SymbolManager *);
Cvc5InputParser *cvc5_parser_new(Cvc5 *, Cvc5SymbolManager *);
void cvc5_parser_delete(Cvc5InputParser *);
void cvc5_parser_set_str_input(Cvc5InputParser *, int, const char *, const char *);
Cvc5Command cvc5_parser_next_command(Cvc5InputParser *, const char **);
const char *cvc5_cmd_invoke(Cvc5Command, Cvc5 *, Cvc5SymbolManager *);

static const int SMT_LIB = 0;

static Cvc5TermManager *terms;
static Cvc5 *solver;
static Cvc5SymbolManager *symbols;
static Cvc5InputParser *parser;

/* From the beginning, with the terms that there are, as the program does for `(reset)`. */
static void start(const char *limit) {
  if (parser) cvc5_parser_delete(parser);
  if (symbols) cvc5_symbol_manager_delete(symbols);
  if (solver) cvc5_delete(solver);
  solver = cvc5_new(terms);
  /* As the program has it for what does not come from a terminal. */
  cvc5_set_option(solver, "incremental", "false");
  if (limit) cvc5_set_option(solver, "tlimit", limit);
  symbols = cvc5_symbol_manager_new(terms);
  parser = cvc5_parser_new(solver, symbols);
}

/* How far into brackets, a string or a quoted name the text has come. */
struct place {
  long depth;
  char quote;
};

static void follow(struct place *place, const char *line) {
  for (; *line; line++) {
    if (place->quote) {
      if (*line == place->quote) place->quote = 0;
    } else if (*line == ';') {
      return;
    } else if (*line == '"' || *line == '|') {
      place->quote = *line;
    } else {
      place->depth += (*line == '(') - (*line == ')');
    }
  }
}

int main(int count, char **arguments) {
  const char *limit = NULL;
  for (int at = 1; at < count; at++)
    if (!strncmp(arguments[at], "--tlimit=", 9)) limit = arguments[at] + 9;
  terms = cvc5_term_manager_new();
  start(limit);
  if (count > 1 && !strcmp(arguments[1], "--version")) {
    printf("This is libcvc5 version %s\n", cvc5_get_version(solver));
    return 0;
  }
  char *line = NULL, *command = NULL;
  size_t room = 0, length = 0;
  struct place place = {0, 0};
  for (ssize_t read; (read = getline(&line, &room, stdin)) > 0;) {
    follow(&place, line);
    command = realloc(command, length + (size_t)read + 1);
    if (!command) return 1;
    memcpy(command + length, line, (size_t)read + 1);
    length += (size_t)read;
    if (place.depth > 0 || place.quote) continue;
    length = 0;
    if (!strcmp(command, "(reset)\n")) {
      start(limit);
      continue;
    }
    const char *error = NULL;
    cvc5_parser_set_str_input(parser, SMT_LIB, command, "stdin");
    Cvc5Command parsed = cvc5_parser_next_command(parser, &error);
    if (error) {
      printf("(error \"Parse Error: %s\")\n", error);
      return 1;
    }
    if (!parsed) continue;
    fputs(cvc5_cmd_invoke(parsed, solver, symbols), stdout);
    fflush(stdout);
  }
  return 0;
}
