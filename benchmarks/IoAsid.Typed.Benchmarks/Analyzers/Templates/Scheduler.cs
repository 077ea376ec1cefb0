namespace Drivers.__File__;

/// <summary>The order of the work of __Device__.</summary>
public class __Device__Scheduler
{
    private readonly PriorityQueue<Func<Task>, (long Due, int Order)> _work = new();
    private readonly Lock _gate = new();
    private int _order;

    public long Now { get; private set; }

    protected virtual void OnIdle()
    {
    }

    public interface IStep
    {
        string Name { get; }

        bool CanRun(long now);

        ValueTask<int> RunAsync(CancellationToken cancellation);
    }
//+
    public sealed class Step__M__(string name, int cost) : IStep
    {
        private int _runs;

        public string Name => name;

        public bool CanRun(long now) => _runs < cost && now % __N1__ == 0;

        public ValueTask<int> RunAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            return new ValueTask<int>(++_runs * __N2__);
        }
    }
//+
    public void After__M__(long delay, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_gate)
            _work.Enqueue(work, (Now + Math.Max(1, delay), _order++));
    }
//+
    public async Task<long> Run__M__Async(long until, CancellationToken cancellation)
    {
        long ran = 0;
        while (!cancellation.IsCancellationRequested)
        {
            Func<Task>? next = null;
            lock (_gate)
            {
                if (_work.TryPeek(out _, out (long Due, int Order) at) && at.Due <= until)
                {
                    next = _work.Dequeue();
                    Now = Math.Max(Now, at.Due);
                }
            }

            if (next is null)
            {
                OnIdle();
                break;
            }

            try
            {
                await next().ConfigureAwait(false);
                ran++;
            }
            catch (TimeoutException) when (ran < __N1__)
            {
                After__L__(__N2__, next);
            }
        }

        return ran;

        void After__L__(long delay, Func<Task> work)
        {
            lock (_gate)
                _work.Enqueue(work, (Now + delay, _order++));
        }
    }
//+
    public async Task<int> Steps__M__Async(IReadOnlyCollection<IStep> steps, CancellationToken cancellation)
    {
        int total = 0;
        foreach (IStep step in steps.Where(step => step.CanRun(Now)).OrderBy(step => step.Name, StringComparer.Ordinal))
        {
            int result = await step.RunAsync(cancellation).ConfigureAwait(false);
            total += result switch
            {
                < 0 => throw new InvalidOperationException($"{step.Name} answered {result}."),
                0 => 1,
                var positive => positive,
            };
        }

        return total;
    }
//+
    public static T? Best__M__<T>(IEnumerable<T> candidates, Func<T, int> weight)
        where T : class
    {
        T? best = null;
        int highest = int.MinValue;
        foreach (T candidate in candidates)
        {
            int own = weight(candidate);
            if (own > highest || (own == highest && best is null))
                (best, highest) = (candidate, own);
        }

        return highest >= __N1__ ? best : null;
    }
}
