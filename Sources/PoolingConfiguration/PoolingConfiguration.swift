internal import PoolingCore
