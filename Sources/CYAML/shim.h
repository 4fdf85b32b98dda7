// libyaml: the events of YAML 1.1 (Debian's libyaml-dev)
#pragma once
#include <yaml.h>
