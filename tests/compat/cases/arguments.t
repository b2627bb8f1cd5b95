The daemon's command line.

  @ run -v
  4.3.0
  ~ daemon: the version names the product, too
  4.3.0 (provost 0.1.0)
  @ run --version
  4.3.0
  ~ daemon: the version names the product, too
  4.3.0 (provost 0.1.0)
  @ run -v -h
  4.3.0
  ~ daemon: the version names the product, too
  4.3.0 (provost 0.1.0)
  @ run -V
  2| Error: option -V not recognized
  2| For help, use supervisord -h
  [2]
  @ run --bogus
  2| Error: option --bogus not recognized
  2| For help, use supervisord -h
  [2]
  @ run -c
  2| Error: option -c requires argument
  2| For help, use supervisord -h
  [2]
  @ run --minfds
  2| Error: option --minfds requires argument
  2| For help, use supervisord -h
  [2]
  @ run --log x
  2| Error: option --log not a unique prefix
  2| For help, use supervisord -h
  [2]
  @ run --nodaemon=1
  2| Error: option --nodaemon must not have an argument
  2| For help, use supervisord -h
  [2]
  @ run foo bar
  2| Error: positional arguments are not supported: ['foo', 'bar']
  2| For help, use supervisord -h
  [2]
  @ run -n -n
  2| Error: conflicting command line option '-n'
  2| For help, use supervisord -h
  [2]
  @ run -n --nodaemon
  2| Error: conflicting command line option '--nodaemon'
  2| For help, use supervisord -h
  [2]
  @ run -e foo
  2| Error: invalid value for -e 'foo': bad logging level name 'foo'
  2| For help, use supervisord -h
  [2]
  @ run -m x
  2| Error: invalid value for -m 'x': x can not be converted to an octal type
  2| For help, use supervisord -h
  [2]
  @ run -d /no/such/folder
  2| Error: invalid value for -d '/no/such/folder': /no/such/folder is not an existing directory
  2| For help, use supervisord -h
  [2]
  @ run -l /no/such/folder/x
  2| Error: invalid value for -l '/no/such/folder/x': The directory named as part of the path /no/such/folder/x does not exist
  2| For help, use supervisord -h
  [2]
  @ run -j /no/such/folder/x
  2| Error: invalid value for -j '/no/such/folder/x': The directory named as part of the path /no/such/folder/x does not exist
  2| For help, use supervisord -h
  [2]
  @ run -y 1x
  2| Error: invalid value for -y '1x': invalid literal for int() with base 10: '1x'
  2| For help, use supervisord -h
  [2]
  @ run -z x
  2| Error: invalid value for -z 'x': invalid literal for int() with base 10: 'x'
  2| For help, use supervisord -h
  [2]
  @ run -q /no/such/folder
  2| Error: invalid value for -q '/no/such/folder': /no/such/folder is not an existing directory
  2| For help, use supervisord -h
  [2]
  @ run -a x
  2| Error: invalid value for -a 'x': invalid literal for int() with base 10: 'x'
  2| For help, use supervisord -h
  [2]
  @ run -c $DIR/nosuch.conf
  2| Error: could not find config file $DIR/nosuch.conf
  2| For help, use supervisord -h
  [2]
  @ run -c $DIR
  2| Error: could not read config file $DIR
  2| For help, use supervisord -h
  [2]
  @ write supervisord.conf
  | [supervisord]
  @ refuse -u nosuchuser
  2| Error: Invalid user name nosuchuser
  [2]
  @ refuse -e foo
  2| Error: invalid value for -e 'foo': bad logging level name 'foo'
  [2]
  @ refuse -- x
  2| Error: positional arguments are not supported: ['x']
  [2]
