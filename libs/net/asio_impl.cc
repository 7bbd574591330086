// The one place where Asio's and Beast's own functions are compiled (BOOST_ASIO_SEPARATE_COMPILATION and the like), so
// that the files that use them compile faster.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
