"""The definitions of the tasks a second time, one function per task, by other means than
`tasks`.
"""
