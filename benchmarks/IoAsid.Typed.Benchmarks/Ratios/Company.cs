namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>A second thread that runs during some turns and is paused during others.</summary>
internal sealed class Company : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _wanted;
    private volatile bool _working;
    private volatile bool _ended;

    public Company(Action work)
    {
        _thread = new Thread(() => Run(work)) { IsBackground = true };
        _thread.Start();
    }

    public void Resume() => Switch(on: true);

    public void Pause() => Switch(on: false);

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Switch(bool on)
    {
        _wanted = on;
        while (_working != on)
            Thread.Yield();
    }

    private void Run(Action work)
    {
        while (!_ended)
        {
            _working = _wanted;
            if (_working)
                work();
            else
                Thread.Sleep(1);
        }
    }
}
