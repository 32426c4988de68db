"""Block designs as data: read, check, render, draw, compare.

    bd/*.yml + configs/ -> model.BlockDesign -> findings, Tcl, picture, address map
    Tcl, .hwh           -> model.BlockDesign -> the same

`model` is what all of it speaks of; `ip` says what a cell of some IP looks like from outside.
"""
