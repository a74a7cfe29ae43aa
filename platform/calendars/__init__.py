"""What day it is: working days with 调休 and statutory deadlines. Pure."""
