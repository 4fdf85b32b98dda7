// ImageSwapTests
