using IoAsid.Typed.Core;

namespace IoAsid.Typed.Observation;

/// <summary>
/// Tells observers, outside every lock. One thread at a time tells the events of one life, in their order; an event that comes up while
/// a thread is telling is told by that thread afterwards, whether another thread or an observer caused it.
/// </summary>
internal sealed class Teller(IoAsidSpace space)
{
    [ThreadStatic]
    private static Queue<(Teller Teller, LifeRecord Record)>? t_backlog;

    [ThreadStatic]
    private static bool t_telling;

    /// <summary>Tells what the record has in its queue. The caller has been told by the record to do so.</summary>
    public void Tell(LifeRecord record)
    {
        Queue<(Teller Teller, LifeRecord Record)> backlog = t_backlog ??= new();
        backlog.Enqueue((this, record));
        if (t_telling)
        {
            return;
        }

        t_telling = true;
        try
        {
            while (backlog.TryDequeue(out (Teller Teller, LifeRecord Record) next))
            {
                next.Teller.TellAll(next.Record);
            }
        }
        finally
        {
            t_telling = false;
        }
    }

    private void TellAll(LifeRecord record)
    {
        while (record.TryDequeue(out IoAsidEvent edge))
        {
            Tell(edge);
            space.Told(edge, record);
        }
    }

    private void Tell(IoAsidEvent edge)
    {
        foreach (IoAsidObserverRegistration registration in space.Observers.For(edge.Set))
        {
            if (!registration.IsDisposed)
            {
                Tell(registration, edge);
            }
        }

        Seeing.IoAsidEventSource.Log.Edge(edge);
    }

    private void Tell(IoAsidObserverRegistration registration, IoAsidEvent edge)
    {
        try
        {
            registration.Observer(edge);
        }
#pragma warning disable CA1031 // An observer that throws harms nobody: it is reported.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            space.Report(IoAsidFaultKind.ObserverThrew, edge.Id.Value, thrown);
        }
    }
}
