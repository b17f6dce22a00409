# Two processes and a socket: bytes go both ways, and the two must agree on what they mean.
import socket
from multiprocessing import Process, Queue
from time import sleep


def server(ports):
    with socket.create_server(('127.0.0.1', 0)) as listener:
        ports.put(listener.getsockname()[1])
        connection, _ = listener.accept()
        with connection, connection.makefile('rw') as lines:
            for line in lines:
                print('asked for the square of', line.strip(), flush=True)
                sleep(0.5)
                lines.write('%d\n' % (int(line) ** 2))
                lines.flush()
        print('the other end has hung up', flush=True)


def client(ports):
    with socket.create_connection(('127.0.0.1', ports.get())) as connection, connection.makefile('rw') as lines:
        for i in range(1, 6):
            lines.write('%d\n' % i)
            lines.flush()
            print('the square of', i, 'is', lines.readline().strip(), flush=True)
            sleep(0.5)


if __name__ == '__main__':
    ports = Queue()  # only to say where the socket is
    Process(target=server, args=(ports,)).start()
    Process(target=client, args=(ports,)).start()
