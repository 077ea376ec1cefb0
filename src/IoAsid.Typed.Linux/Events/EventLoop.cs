using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Linux;

/// <summary>One thread that waits, by epoll, for all files that something waits for.</summary>
internal sealed unsafe class EventLoop
{
    private const int Capacity = 64;

    private static readonly ConditionalWeakTable<ISystemCalls, EventLoop> Loops = [];

    private readonly object _gate = new();
    private readonly ISystemCalls _calls;
    private readonly Dictionary<ulong, Readiness> _waiting = []; // Guarded by _gate.
    private ulong _nextKey; // Guarded by _gate.
    private int _epoll = -1; // Guarded by _gate. It stays open as long as the process.

    private EventLoop(ISystemCalls calls) => _calls = calls;

    public static EventLoop Of(ISystemCalls calls) => Loops.GetValue(calls, static calls => new(calls));

    public ulong CreateKey()
    {
        lock (_gate)
            return ++_nextKey;
    }

    /// <summary>Signals the source once when its file becomes readable.</summary>
    public void Arm(Readiness source, ulong key, int file, bool isAdded)
    {
        lock (_gate)
        {
            StartIfNeeded();
            _waiting[key] = source;
            uint events = FileFlags.EpollIn | FileFlags.EpollOneShot;
            nint result = _calls.ControlEpoll(_epoll, isAdded ? FileFlags.EpollModify : FileFlags.EpollAdd, file, events, key);
            if (result < 0)
            {
                _waiting.Remove(key);
                SystemCall.ThrowIfFailed(result, "epoll_ctl");
            }
        }
    }

    /// <summary>Stops watching a file.</summary>
    public void Remove(int file)
    {
        lock (_gate)
            _ = _calls.ControlEpoll(_epoll, FileFlags.EpollDelete, file, events: 0, data: 0);
    }

    /// <summary>Forgets a source, whose wait is over.</summary>
    public void Disarm(ulong key)
    {
        lock (_gate)
            _waiting.Remove(key);
    }

    private void StartIfNeeded()
    {
        if (_epoll < 0)
        {
            nint epoll = _calls.CreateEpoll(FileFlags.CloseOnExec);
            SystemCall.ThrowIfFailed(epoll, "epoll_create1");
            new Thread(Run) { IsBackground = true, Name = "IoAsid.Typed.Linux events" }.Start((int)epoll);
            _epoll = (int)epoll;
        }
    }

    private void Run(object? state)
    {
        int epoll = (int)state!;
        EpollEvent* events = stackalloc EpollEvent[Capacity];
        while (true)
        {
            nint count = _calls.WaitEpoll(epoll, events, Capacity, timeout: -1);
            if (count < 0 && count != -(nint)Errno.Interrupted)
                return;

            for (int i = 0; i < count; i++)
                Take(EpollEvent.At(events, i).Data)?.Signal();
        }
    }

    private Readiness? Take(ulong key)
    {
        lock (_gate)
            return _waiting.Remove(key, out Readiness? source) ? source : null;
    }
}
