// Preloaded into a program under test (LD_PRELOAD): ends it at a step of the test's choice. Nothing to call.
#pragma once
