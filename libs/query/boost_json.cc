// The one place where Boost.JSON's own functions are compiled: Debian has it as headers alone.
#include <boost/json/src.hpp>
