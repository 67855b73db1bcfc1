"""The ground floor: clock, money, periods, errors, database, transaction, rights. It knows no Flask.

Invariants kept here and nowhere else: money is an integer count of minor units with its currency; a period
holds its first and its last day; the clock is read in `clock` alone; `transaction` holds the only commit.
"""
