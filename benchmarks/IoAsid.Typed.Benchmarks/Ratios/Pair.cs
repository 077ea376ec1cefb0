namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Two threads that each do half of the operations of a turn. The turn ends when both have ended.</summary>
internal sealed class Pair : IDisposable
{
    private readonly Action<int> _first;
    private readonly Thread _thread;
    private volatile int _left;
    private volatile bool _ended;

    public Pair(Action<int> first, Action<int> second)
    {
        _first = first;
        _thread = new Thread(() => Serve(second)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs so many operations in all.</summary>
    public void Run(int count)
    {
        _left = count / 2;
        _first(count - (count / 2));
        while (_left != 0)
            Thread.SpinWait(1);
    }

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Serve(Action<int> work)
    {
        while (!_ended)
        {
            if (_left is > 0 and var count)
            {
                work(count);
                _left = 0;
            }

            Thread.SpinWait(1);
        }
    }
}
