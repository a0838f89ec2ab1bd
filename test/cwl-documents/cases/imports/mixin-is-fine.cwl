$mixin: parts/base.yml
baseCommand: cat
