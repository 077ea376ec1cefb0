namespace IoAsid.Typed.Emulation;

/// <summary>The observers of a unit.</summary>
internal sealed class UnitObservers : IUnitObserver
{
    private readonly Observers<IUnitObserver> _observers = new();

    /// <summary>The observer that notifies all observers; null before the first one is added, so that an unobserved unit pays for one check.</summary>
    public IUnitObserver? Notified { get; private set; }

    /// <summary>Adds an observer, until the returned object is disposed.</summary>
    public IDisposable Add(IUnitObserver observer)
    {
        IDisposable subscription = _observers.Add(observer);
        Notified = this;
        return subscription;
    }

    /// <summary>Adds an observer permanently.</summary>
    public void AddPermanently(IUnitObserver observer)
    {
        _observers.AddPermanently(observer);
        Notified = this;
    }

    void IUnitObserver.Raised(in UnitEvent raised)
    {
        foreach (IUnitObserver observer in _observers.All)
            observer.Raised(raised);
    }

    void IUnitObserver.MisuseReported(string text)
    {
        foreach (IUnitObserver observer in _observers.All)
            observer.MisuseReported(text);
    }

    void IUnitObserver.Translated(in TranslationQuery query, in Translation translation)
    {
        foreach (IUnitObserver observer in _observers.All)
            observer.Translated(query, translation);
    }

    void IUnitObserver.TableAccessing(TableAccess access)
    {
        foreach (IUnitObserver observer in _observers.All)
            observer.TableAccessing(access);
    }

    void IUnitObserver.StructureUsed(in StructureUse use)
    {
        foreach (IUnitObserver observer in _observers.All)
            observer.StructureUsed(use);
    }
}
