using System.Diagnostics.CodeAnalysis;
namespace IoAsid.Typed;
public sealed class IoAsidSpace { public IoAsidSet<TData> CreateSet<TData>(string name) where TData : class => throw new NotImplementedException(); }
public abstract class IoAsidSet { internal IoAsidSet() { } public bool TryResolve(PrivateIoAsid privateId, out RawIoAsid id) => throw new NotImplementedException(); }
public sealed class IoAsidSet<TData> : IoAsidSet where TData : class {
  public IoAsidSet<TSub> CreateSubset<TSub>(string name, object? owner = null, uint? quota = null) where TSub : class, TData => throw new NotImplementedException();
  public IoAsidReader<TData> Reader => throw new NotImplementedException();
  public IoAsidHandle<TData> Allocate(TData? data = null) => throw new NotImplementedException();
  public IoAsidLookup<TData> Find(RawIoAsid id) => throw new NotImplementedException();
  public IoAsidLookup<TData> Find(RawIoAsid id, Func<TData, bool> getter) => throw new NotImplementedException();
  public IoAsidLookup<TData> Find<TState>(RawIoAsid id, TState state, Func<TData, TState, bool> getter) => throw new NotImplementedException();
  public bool TryFind(RawIoAsid id, [NotNullWhen(true)] out TData? data) => throw new NotImplementedException();
  public static implicit operator IoAsidReader<TData>(IoAsidSet<TData> set) => set.Reader;
}
public readonly struct IoAsidHandle<TData> where TData : class { public RawIoAsid Id => default; public PrivateIoAsid? PrivateId => null; }
public readonly struct IoAsidReader<TData> where TData : class {
  public static IoAsidReader<TData> Of<TSub>(IoAsidSet<TSub> set) where TSub : class, TData => throw new NotImplementedException();
  public IoAsidLookup<TData> Find(RawIoAsid id) => throw new NotImplementedException();
  public IoAsidLookup<TData> Find(RawIoAsid id, Func<TData, bool> getter) => throw new NotImplementedException();
  public IoAsidLookup<TData> Find<TState>(RawIoAsid id, TState state, Func<TData, TState, bool> getter) => throw new NotImplementedException();
  public bool TryFind(RawIoAsid id, [NotNullWhen(true)] out TData? data) => throw new NotImplementedException();
}
