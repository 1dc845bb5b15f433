META
key;value
description;Municipal budget
country;Nowhere
unit;Smallville
instance;2024
num_projects;2
num_votes;3
budget;1000
vote_type;approval
rule;greedy
date_begin;01.06.2024
date_end;04.07.2024
max_length;2
language;en
PROJECTS
project_id;cost;votes;name;category;selected
7;100.5;3;Benches;public space,seats;1
9;200;1;"Trees; many";nature;0
VOTES
voter_id;vote;age
a;7,9;30
b;7;41
c;7;
