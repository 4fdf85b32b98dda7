// ImageSwap
