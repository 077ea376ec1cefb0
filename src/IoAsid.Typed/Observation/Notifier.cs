using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Core;
using IoAsid.Typed.Diagnostics;

namespace IoAsid.Typed.Observation;

/// <summary>
/// Notifies observers, outside every lock. One thread at a time notifies of the events of one life, in their order. That thread also delivers an event that
/// occurs during a notification, whether another thread or an observer caused it.
/// </summary>
/// <remarks>Allocates no memory itself, so that a completed operation is also reported.</remarks>
internal sealed class Notifier(IoAsidSpace space)
{
    // The records whose events this thread reports. A record is in one backlog at most, because one thread at a time notifies of its events.
    [ThreadStatic]
    private static LifeRecord? t_first;

    [ThreadStatic]
    private static LifeRecord? t_last;

    [ThreadStatic]
    private static bool t_notifying;

    /// <summary>Notifies of the events in the record's queue. The record has given the caller the turn to do so.</summary>
    public void Notify(LifeRecord record)
    {
        DropAbandoned();
        Append(record, this);
        if (t_notifying)
            return;

        t_notifying = true;
        try
        {
            while (TryRemoveFirst(out LifeRecord? next))
                next.Notifier!.NotifyOfAll(next);
        }
        finally
        {
            t_notifying = false;
        }
    }

    /// <summary>
    /// Drops the records of an execution that systematic exploration gave up in the middle of a notification. Without exploration a thread never leaves a notification
    /// before its backlog is empty.
    /// </summary>
    [Conditional("IOASID_CONTROLLED_SCHEDULE")]
    private static void DropAbandoned()
    {
        if (!t_notifying)
            t_first = t_last = null;
    }

    private static void Append(LifeRecord record, Notifier notifier)
    {
        record.Notifier = notifier;
        record.NextInBacklog = null;
        if (t_last is null)
            t_first = record;
        else
            t_last.NextInBacklog = record;

        t_last = record;
    }

    private static bool TryRemoveFirst([NotNullWhen(true)] out LifeRecord? record)
    {
        record = t_first;
        t_first = record?.NextInBacklog;
        t_last = t_first is null ? null : t_last;
        return record is not null;
    }

    private void NotifyOfAll(LifeRecord record)
    {
        while (record.TryDequeue(out IoAsidEvent edge))
        {
            NotifyOf(edge);
            space.Lifecycle.ContinueAfterNotification(edge, record);
        }
    }

    private void NotifyOf(IoAsidEvent edge)
    {
        foreach (IoAsidObserverRegistration registration in space.Observers.For(edge.Set))
        {
            if (!registration.IsDisposed)
                Notify(registration, edge);
        }

        IoAsidEventSource.Log.Edge(edge);
    }

    private void Notify(IoAsidObserverRegistration registration, IoAsidEvent edge)
    {
        try
        {
            registration.Observer(edge);
        }
#pragma warning disable CA1031 // An observer that throws does not affect others: it is reported.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            space.Report(IoAsidFaultKind.ObserverThrew, edge.Id.Value, thrown);
        }
    }
}
