"""IP-XACT: what a packaged core says of itself.

    model.py   a component as values
    layout.py  which element of IEEE 1685-2009 (and of AMD's extensions) holds which value
    parts.py   what that table is put together of
    read.py    component.xml -> Component
    write.py   Component -> component.xml, always the same bytes
"""
