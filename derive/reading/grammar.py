"""The grammar of formulas, LALR(1), and what each rule becomes.

    relation   sum = sum ≤ sum                    product   factors side by side; binds tighter than ⊙
    sum        a − b + c                          Σ, ∏, max_j, log Σ  reach as far as the next + or − of their own level
    term       a ⊙ b ⊘ c                          /         binds tighter than juxtaposition: ∂L/∂y x is (∂L/∂y) x
"""

from __future__ import annotations

GRAMMAR = r"""
start: relation                                     -> same
     | relation GAP item                            -> conditional
     | relation COMMA items                         -> conditional

relation: sum (REL sum)*

sum: sign? term (sign term)*
sign: PLUS | MINUS

term: product                                       -> same
    | product ENTRY term                            -> entrywise
    | product reaching                              -> tailed
    | product TIMES reaching                        -> tailed_times
    | reaching                                      -> same

reaching: open_ended                                -> same
        | quotient SLASH open_ended                 -> divide

open_ended: SUM scripts term                        -> big_sum
          | SUM scripts sign term                   -> big_signed
          | PROD scripts term                       -> big_product
          | EXTREME scripts term                    -> extreme
          | EXTREME scripts sign term               -> extreme_signed
          | OPERATOR scripts term                   -> operated
          | FUNCTION scripts open_ended             -> apply

product: quotient                                   -> first
       | product quotient                           -> beside
       | product TIMES quotient                     -> times

quotient: scripted                                  -> same
        | quotient SLASH scripted                   -> divide
        | SECOND scripted SLASH scripted scripted   -> hessian
        | SECOND scripted SLASH scripted            -> hessian

scripted: atom scripts
        | FUNCTION scripts scripted                 -> apply
        | ROOT scripted                             -> root
        | ROOT_OF LBRACKET items RBRACKET scripted  -> nth_root
        | DIFF scripted                             -> differential
        | IMMEDIATE scripted                        -> immediate
        | SECOND_ABOVE scripted                     -> second
        | NABLA scripts scripted                    -> nabla

scripts: script*
script: SUP arg                                     -> raised
      | SUP TRANSPOSE                               -> transpose
      | SUP LBRACE TRANSPOSE RBRACE                 -> transpose
      | SUP LBRACE MINUS TRANSPOSE RBRACE           -> inverse_transpose
      | SUP LBRACE ENTRY sum RBRACE                 -> raised_entrywise
      | ENTRYMARK SUP arg                           -> marked_entrywise
      | ENTRYMARK POWER                             -> marked_entrywise
      | SUB arg                                     -> lowered
      | TRANSPOSE                                   -> transpose
      | POWER                                       -> power
      | PRIME                                       -> prime
      | INDEX items RBRACKET                        -> picked

arg: NAME                                           -> name
   | IDENT                                          -> ident
   | FUNCTION                                       -> ident
   | NUMBER                                         -> number
   | ONES                                           -> ones
   | LPAR items RPAR                                -> group
   | LBRACKET items RBRACKET                        -> group
   | LBRACE items RBRACE                            -> braces
   | FRAC arg arg                                   -> fraction

atom: NAME                                          -> name
    | IDENT                                         -> ident
    | NUMBER                                        -> number
    | ONES                                          -> ones
    | DOTS                                          -> dots
    | LPAR items RPAR                               -> group
    | LBRACE items RBRACE                           -> group
    | LBRACKET items RBRACKET                       -> bracket
    | NORM_OPEN sum NORM_CLOSE                      -> norm
    | ABS_OPEN sum ABS_CLOSE                        -> absolute
    | LANGLE sum COMMA sum RANGLE                   -> inner
    | MOMENT items RBRACKET                         -> moment
    | FLOOR_OPEN sum FLOOR_CLOSE                    -> floor
    | CEILING_OPEN sum CEILING_CLOSE                -> ceiling
    | FRAC arg arg                                  -> fraction
    | CASES_OPEN case (row_end case)* CASES_CLOSE   -> cases
    | MATRIX_OPEN row (row_end row)* MATRIX_CLOSE   -> matrix

row: cell (next_cell cell)*
cell: sum                                           -> same
    |                                               -> empty
next_cell: AMP

case: sum case_if condition
    | sum COMMA?                                    -> case_otherwise
condition: item COMMA?                              -> first_of
         | OTHERWISE                                -> nothing
case_if: COMMA? AMP | COMMA? GAP | COMMA
row_end: SEMI | ROW

items: item (separator item)*
separator: COMMA | SEMI
item: relation                                      -> item
    | relation COLON relation                       -> span
    | COLON                                         -> everything

%declare NAME IDENT FUNCTION NUMBER ONES PLUS MINUS ENTRY TIMES SLASH REL COMMA SEMI COLON DOTS LPAR RPAR LBRACKET
%declare RBRACKET INDEX LBRACE RBRACE NORM_OPEN NORM_CLOSE ABS_OPEN ABS_CLOSE SUP SUB TRANSPOSE POWER ENTRYMARK PRIME
%declare LANGLE RANGLE FLOOR_OPEN FLOOR_CLOSE CEILING_OPEN CEILING_CLOSE
%declare MOMENT SUM PROD ROOT ROOT_OF FRAC DIFF IMMEDIATE SECOND SECOND_ABOVE NABLA OPERATOR CASES_OPEN CASES_CLOSE
%declare MATRIX_OPEN MATRIX_CLOSE ROW AMP GAP OTHERWISE EXTREME
"""
